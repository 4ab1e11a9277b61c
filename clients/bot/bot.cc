#include "clients/bot/bot.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "clients/cli/json_text.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::bot {
namespace {

namespace v1 = molva::v1;

constexpr absl::Duration kIdle = absl::Seconds(60);
constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Minutes(1);
// Of a long absence so many messages are looked at in each topic.
constexpr int kMostMissed = 100;

bool IsPassing(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

absl::StatusOr<Bot> Bot::Start(const Settings& settings) {
  MOLVA_ASSIGN_OR_RETURN(cli::Session session, cli::Session::Open(settings.server, {}));
  const std::string secret = fmt::format("{}:{}", settings.login, settings.password);
  MOLVA_ASSIGN_OR_RETURN(const cli::Identity identity, session.LogIn("basic", secret, {}));
  Bot bot(std::move(session), {identity.user, settings.login});
  MOLVA_RETURN_IF_ERROR(bot.session_.Attach("me").status());
  MOLVA_ASSIGN_OR_RETURN(const auto meta, bot.session_.Fetch("me", "sub"));
  if (!meta.has_value()) return bot;
  for (const v1::TopicSub& sub : meta->sub()) {
    if (sub.deleted_at() != 0) continue;
    MOLVA_RETURN_IF_ERROR(bot.Join(sub.topic()));
    if (sub.seq_id() > sub.read_id()) {
      MOLVA_RETURN_IF_ERROR(bot.CatchUp(sub.topic(), sub.read_id() + 1));
    }
  }
  return bot;
}

absl::Status Bot::Run() {
  while (true) {
    MOLVA_ASSIGN_OR_RETURN(const auto packet, session_.Next(kIdle));
    if (!packet.has_value()) continue;
    if (packet->has_data()) MOLVA_RETURN_IF_ERROR(OnMessage(packet->data()));
    if (packet->has_pres()) MOLVA_RETURN_IF_ERROR(OnPresence(packet->pres()));
    if (packet->ctrl().code() == 205) last_seen_.erase(packet->ctrl().topic());
  }
}

// On `me`: an invitation, or a message in a topic that it is not in yet.
absl::Status Bot::OnPresence(const v1::ServerPres& pres) {
  if (pres.topic() != "me") return absl::OkStatus();
  if (pres.what() == v1::ServerPres::WHAT_GONE) last_seen_.erase(pres.src());
  const bool is_news =
      pres.what() == v1::ServerPres::WHAT_ACS || pres.what() == v1::ServerPres::WHAT_MSG;
  if (!is_news || last_seen_.count(pres.src()) > 0) return absl::OkStatus();
  MOLVA_RETURN_IF_ERROR(Join(pres.src()));
  return CatchUp(pres.src(), std::max(pres.seq_id(), 1));
}

// Where it may not be, or not any more, it is not.
absl::Status Bot::Join(const std::string& topic) {
  const absl::StatusOr<v1::ServerCtrl> joined = session_.Attach(topic);
  if (joined.ok()) last_seen_.emplace(topic, 0);
  return IsPassing(joined.status()) ? joined.status() : absl::OkStatus();
}

absl::Status Bot::CatchUp(const std::string& topic, std::int32_t since) {
  if (last_seen_.count(topic) == 0) return absl::OkStatus();
  v1::GetOpts options;
  options.set_since_id(since);
  options.set_limit(kMostMissed);
  const auto messages = session_.FetchData(topic, options);
  if (!messages.ok()) return IsPassing(messages.status()) ? messages.status() : absl::OkStatus();
  for (const v1::ServerData& message : *messages) MOLVA_RETURN_IF_ERROR(OnMessage(message));
  return absl::OkStatus();
}

// The read mark says how far it has come, should it be interrupted: it moves behind the answer.
absl::Status Bot::OnMessage(const v1::ServerData& message) {
  std::int32_t& last = last_seen_[message.topic()];
  if (message.seq_id() <= last) return absl::OkStatus();
  last = message.seq_id();
  if (const std::optional<std::string> text = MeantFor(self_, message)) {
    cli::Draft draft;
    draft.content = cli::JsonText(AnswerTo(*text, absl::Now()));
    draft.head = {{kBotKey, "true"},
                  {"reply", cli::JsonText(fmt::format(":{}", message.seq_id()))}};
    const auto sent = cli::Publish(session_, message.topic(), draft);
    if (IsPassing(sent.status())) return sent.status();
  }
  v1::ClientMsg read;
  read.mutable_note()->set_topic(message.topic());
  read.mutable_note()->set_what(v1::INFO_NOTE_READ);
  read.mutable_note()->set_seq_id(message.seq_id());
  return session_.Tell(read);
}

absl::Status RunForever(const Settings& settings) {
  absl::Duration pause = kFirstPause;
  while (true) {
    absl::StatusOr<Bot> bot = Bot::Start(settings);
    absl::Status status = bot.status();
    if (bot.ok()) {
      std::fputs("molva-bot: listening\n", stderr);
      pause = kFirstPause;
      status = bot->Run();
    }
    if (!IsPassing(status)) return status;
    const std::string why(status.message());
    std::fputs(
        fmt::format("molva-bot: {}; again in {} s\n", why, absl::ToInt64Seconds(pause)).c_str(),
        stderr);
    absl::SleepFor(pause);
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace molva::bot
