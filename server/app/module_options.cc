#include "app/module_options.h"

#include <algorithm>
#include <string>
#include <thread>

#include "base/log.h"

namespace molva::app {
namespace {

base::LogLevel LevelOf(const std::string& name) {
  if (name == "debug") return base::LogLevel::kDebug;
  if (name == "warning") return base::LogLevel::kWarning;
  if (name == "error") return base::LogLevel::kError;
  return base::LogLevel::kInfo;
}

base::LogFormat FormatOf(const std::string& name) {
  if (name == "text") return base::LogFormat::kText;
  if (name == "json") return base::LogFormat::kJson;
  return base::LogFormat::kAuto;
}

}  // namespace

int ShardCount(const config::Config& config) {
  const auto wanted = static_cast<int>(config.Integer("runtime.shards"));
  const auto cores = static_cast<int>(std::thread::hardware_concurrency());
  return wanted > 0 ? wanted : std::max(1, cores);
}

runtime::BlockingPool::Options PostOptions(const config::Config& config) {
  runtime::BlockingPool::Options options;
  options.name = "post";
  options.threads = static_cast<int>(config.Integer("validation.workers"));
  options.max_queued = static_cast<std::size_t>(config.Integer("runtime.worker_queue"));
  return options;
}

topic::Limits TopicLimits(const config::Config& config) {
  topic::Limits limits;
  limits.max_subscribers = static_cast<std::int32_t>(config.Integer("limits.subscribers"));
  limits.max_tags = static_cast<std::size_t>(config.Integer("limits.tags"));
  limits.requests = config.Text("contacts.requests") == "all" ? topic::Limits::Requests::kAll
                                                              : topic::Limits::Requests::kForeign;
  limits.masked_tag_namespaces = config.List("tags.masked");
  const bool has_calls =
      !config.List("calls.ice_servers").empty() || !config.Text("calls.ice_file").empty();
  limits.calls = has_calls ? topic::Limits::Calls::kOn : topic::Limits::Calls::kOff;
  limits.call_timeout = config.Duration("calls.timeout");
  const absl::Duration delete_age = config.Duration("messages.delete_age");
  if (delete_age > absl::ZeroDuration()) limits.delete_age = delete_age;
  if (config.Bool("messages.p2p_delete")) {
    limits.most_in_p2p = limits.most_in_p2p.With(model::AccessMode::kDelete);
  }
  if (!config.Bool("messages.search")) limits.search = topic::Limits::Search::kOff;
  limits.ask_again_after = config.Duration("contacts.ask_again_after");
  const absl::Duration keep = config.Duration("messages.keep_for");
  if (keep > absl::ZeroDuration()) limits.keep_messages = keep;
  return limits;
}

auth::LoginThrottle::Limits ThrottleLimits(const config::Config& config) {
  auth::LoginThrottle::Limits limits;
  limits.account_failures = static_cast<int>(config.Integer("auth.throttle.account_failures"));
  limits.address_failures = static_cast<int>(config.Integer("auth.throttle.address_failures"));
  limits.window = config.Duration("auth.throttle.window");
  return limits;
}

session::Limits SessionLimits(const config::Config& config) {
  session::Limits limits;
  // The listeners count all shards together; one shard may hold them all.
  limits.max_sessions_per_shard = static_cast<std::size_t>(config.Integer("limits.sessions"));
  limits.requests_per_second = static_cast<int>(config.Integer("limits.requests_per_second"));
  limits.accounts = config.Bool("accounts.permanent") ? session::Limits::Accounts::kPermanent
                                                      : session::Limits::Accounts::kMayEnd;
  return limits;
}

session::TrafficRates TrafficRatesOf(const config::Config& config) {
  const auto rate = [&](const char* name) { return static_cast<int>(config.Integer(name)); };
  return {.address_requests = rate("limits.address_requests"),
          .user_messages = rate("limits.user_messages"),
          .user_notes = rate("limits.user_notes"),
          .topic_messages = rate("limits.topic_messages")};
}

session::ServerInfo ServerInfoOf(const config::Config& config, const topic::Limits& topics) {
  session::ServerInfo info;
  info.build = "molva-" MOLVA_VERSION;
  info.max_message_size = config.Bytes("limits.message_size");
  info.max_subscriber_count = topics.max_subscribers;
  info.min_tag_length = static_cast<std::int64_t>(topics.min_tag_length);
  info.max_tag_length = static_cast<std::int64_t>(topics.max_tag_length);
  info.max_tag_count = static_cast<std::int64_t>(topics.max_tags);
  info.delete_age = topics.delete_age;
  info.call_timeout = topics.call_timeout;
  info.search = topics.search;
  const std::vector<std::string> schemes = config.List("auth.schemes");
  if (std::find(schemes.begin(), schemes.end(), "totp") != schemes.end()) {
    info.second_factor = session::ServerInfo::SecondFactor::kTotp;
  }
  return info;
}

transport::Limits TransportLimits(const config::Config& config) {
  transport::Limits limits;
  limits.max_message_bytes = static_cast<std::size_t>(config.Bytes("limits.message_size"));
  limits.soft_queue_frames = static_cast<std::size_t>(config.Integer("limits.queue_soft"));
  limits.hard_queue_frames = static_cast<std::size_t>(config.Integer("limits.queue_hard"));
  limits.ping_interval = config.Duration("websocket.ping");
  limits.read_timeout = config.Duration("websocket.idle");
  if (config.Bool("websocket.compression")) {
    limits.websocket_compression = transport::Compression::kPerMessage;
  }
  limits.poll_wait = config.Duration("long_poll.wait");
  limits.poll_idle_timeout = config.Duration("long_poll.idle");
  return limits;
}

void ApplyLogSettings(const config::Config& config) {
  base::ConfigureLog(LevelOf(config.Text("log.level")), FormatOf(config.Text("log.format")));
}

}  // namespace molva::app
