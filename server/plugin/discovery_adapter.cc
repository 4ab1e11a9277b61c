#include "plugin/discovery_adapter.h"

#include <fmt/core.h>

#include <array>
#include <chrono>
#include <utility>

#include "base/status_macros.h"
#include "molva/plugin.hpp"
#include "plugin/open_instance.h"
#include "runtime/signal_mask.h"

namespace molva::plugin {
namespace {

// Those who ask are threads of a pool; there are not many more.
constexpr std::size_t kMaxQuestions = 256;
constexpr std::size_t kMaxWhyBytes = 256;

enum class DiscoveryCall { kOpen, kFind, kAnnounce };
constexpr std::array<std::string_view, 3> kDiscoveryCalls = {"open", "find", "announce"};

absl::StatusOr<std::string> AnswerOf(molva_code code, molva_text document, molva_text why) {
  if (code != MOLVA_OK) return StatusOf(code, sdk::View(why).substr(0, kMaxWhyBytes));
  if (document.size > MOLVA_MAX_KEY_DOCUMENT) {
    return absl::InvalidArgumentError("a key document of more than 64 KiB");
  }
  return sdk::Copy(document);
}

}  // namespace

DiscoveryPlugin::DiscoveryPlugin(const Library& library)
    : api_(library.discovery_api()),
      name_(library.name()),
      calls_(std::make_shared<CallStats>(library.Label(), kDiscoveryCalls)),
      host_(fmt::format("discovery {}", name_)),
      client_{sizeof(molva_discovery_client), 0, this, &DiscoveryPlugin::OnAnswer} {}

absl::StatusOr<std::unique_ptr<DiscoveryPlugin>> DiscoveryPlugin::Open(const Library& library,
                                                                       const std::string& config) {
  std::unique_ptr<DiscoveryPlugin> plugin(new DiscoveryPlugin(library));
  MOLVA_ASSIGN_OR_RETURN(
      molva_discovery* const instance,
      OpenInstance<molva_discovery>(
          plugin->host_, [&](const molva_sink* why, molva_discovery** out) {
            CallTimer timer(*plugin->calls_, DiscoveryCall::kOpen);
            return timer.Answered(plugin->api_.open(plugin->host_.table(), &plugin->client_,
                                                    sdk::Text(config), why, out));
          }));
  plugin->instance_ = instance;
  plugin->thread_ = std::thread([self = plugin.get()] { self->Run(); });
  return plugin;
}

DiscoveryPlugin::~DiscoveryPlugin() {
  if (instance_ == nullptr) return;
  while (!Stop(absl::Hours(1))) continue;
  thread_.join();
  api_.close(instance_);
}

bool DiscoveryPlugin::Stop(absl::Duration grace) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(grace);
  const runtime::MutexLock lock(mutex_);
  is_stopping_ = true;
  changed_.notify_all();
  while (!has_ended_) {
    if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) return has_ended_;
  }
  return true;
}

absl::StatusOr<std::string> DiscoveryPlugin::Find(const std::string& domain,
                                                  absl::Duration deadline) {
  CallTimer timer(*calls_, DiscoveryCall::kFind);
  Answer answer = Ask({0, domain, std::nullopt}, deadline);
  if (answer.ok() && answer->empty()) answer = absl::InvalidArgumentError("no key document");
  const bool is_refused = absl::IsNotFound(answer.status());
  timer.Answered(answer.ok()  ? CallOutcome::kOk
                 : is_refused ? CallOutcome::kRefused
                              : CallOutcome::kFailed);
  return answer;
}

absl::Status DiscoveryPlugin::Announce(const std::string& domain, const std::string& document,
                                       absl::Duration deadline) {
  CallTimer timer(*calls_, DiscoveryCall::kAnnounce);
  const absl::Status status = Ask({0, domain, document}, deadline).status();
  const bool is_refused = absl::IsUnimplemented(status);
  timer.Answered(status.ok()  ? CallOutcome::kOk
                 : is_refused ? CallOutcome::kRefused
                              : CallOutcome::kFailed);
  return status;
}

DiscoveryPlugin::Answer DiscoveryPlugin::Ask(Question question, absl::Duration deadline) {
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(deadline);
  const auto slot = std::make_shared<std::optional<Answer>>();
  const runtime::MutexLock lock(mutex_);
  if (is_stopping_) return absl::UnavailableError("the node ends");
  if (waiting_.size() >= kMaxQuestions) return absl::UnavailableError("too many questions wait");
  const std::uint64_t token = ++last_token_;
  question.token = token;
  waiting_.emplace(token, slot);
  queue_.push_back(std::move(question));
  changed_.notify_all();
  while (!slot->has_value() && !is_stopping_) {
    if (changed_.wait_until(mutex_, until) == std::cv_status::timeout) break;
  }
  waiting_.erase(token);
  std::erase_if(queue_, [token](const Question& one) { return one.token == token; });
  if (slot->has_value()) return **slot;
  return absl::UnavailableError("the plugin gives no answer in time");
}

void DiscoveryPlugin::OnAnswer(void* context, std::uint64_t token, molva_code code,
                               molva_text document, molva_text why) {
  DiscoveryPlugin& self = *static_cast<DiscoveryPlugin*>(context);
  Answer answer = AnswerOf(code, document, why);
  const runtime::MutexLock lock(self.mutex_);
  const auto found = self.waiting_.find(token);
  if (found == self.waiting_.end()) {
    ++self.late_;
    return;
  }
  *found->second = std::move(answer);
  self.waiting_.erase(found);
  self.changed_.notify_all();
}

void DiscoveryPlugin::Run() {
  runtime::BlockAllSignals();
  for (Question question = Take(); question.token != 0; question = Take()) {
    if (question.document.has_value()) {
      api_.announce(instance_, question.token, sdk::Text(question.domain),
                    sdk::Text(*question.document));
    } else {
      api_.find(instance_, question.token, sdk::Text(question.domain));
    }
  }
  const runtime::MutexLock lock(mutex_);
  has_ended_ = true;
  changed_.notify_all();
}

DiscoveryPlugin::Question DiscoveryPlugin::Take() {
  const runtime::MutexLock lock(mutex_);
  while (queue_.empty() && !is_stopping_) changed_.wait(mutex_);
  if (is_stopping_) return {};
  Question question = std::move(queue_.front());
  queue_.pop_front();
  return question;
}

}  // namespace molva::plugin
