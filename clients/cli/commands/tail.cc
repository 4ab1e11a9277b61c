// molva tail: messages as they come.
#include <absl/time/clock.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr std::int32_t kForever = 1 << 30;

// Follows one topic, or all of the user's, until enough was printed or the time is up.
class Follower {
 public:
  Follower(Context& context, LoggedIn& mine)
      : context_(context), session_(mine.session), names_(mine.profile.user) {}

  absl::Status FollowOne(const std::string& who) {
    MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(session_, who));
    attached_.insert(topic);
    return AttachAndLearn(session_, topic, names_);
  }

  absl::Status FollowAll() {
    MOLVA_RETURN_IF_ERROR(session_.Attach("me").status());
    MOLVA_ASSIGN_OR_RETURN(const auto meta, session_.Fetch("me", "sub"));
    if (!meta.has_value()) return absl::OkStatus();
    names_.Learn(*meta);
    for (const v1::TopicSub& sub : meta->sub()) {
      attached_.insert(sub.topic());
      // To attach where one has blocked would take the block back.
      if (sub.acs().want().find('J') == std::string::npos) continue;
      MOLVA_RETURN_IF_ERROR(AttachAndLearn(session_, sub.topic(), names_));
    }
    return absl::OkStatus();
  }

  absl::Status Run(std::int32_t count, absl::Time deadline) {
    while (printed_ < count) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration()) return TimeIsUp(count);
      MOLVA_ASSIGN_OR_RETURN(const auto packet, session_.Next(std::min(left, absl::Seconds(60))));
      if (packet.has_value()) MOLVA_RETURN_IF_ERROR(OnPacket(*packet));
    }
    return absl::OkStatus();
  }

 private:
  // Without a number of messages to wait for, the time is all there was to wait for.
  absl::Status TimeIsUp(std::int32_t count) const {
    if (count == kForever) return absl::OkStatus();
    return absl::DeadlineExceededError(
        fmt::format("{} of {} messages came in time", printed_, count));
  }

  absl::Status OnPacket(const v1::ServerMsg& packet) {
    if (packet.has_data()) return Print(packet.data());
    const v1::ServerPres& pres = packet.pres();
    // A message in a topic that is not followed yet: somebody new.
    if (packet.has_pres() && pres.what() == v1::ServerPres::WHAT_MSG &&
        attached_.insert(pres.src()).second) {
      MOLVA_RETURN_IF_ERROR(AttachAndLearn(session_, pres.src(), names_));
      v1::GetOpts options;
      options.set_since_id(pres.seq_id());
      MOLVA_ASSIGN_OR_RETURN(const auto messages, session_.FetchData(pres.src(), options));
      for (const v1::ServerData& message : messages) MOLVA_RETURN_IF_ERROR(Print(message));
    }
    return absl::OkStatus();
  }

  absl::Status Print(const v1::ServerData& message) {
    context_.printer.Message(message, names_.NameOf(message.from_user_id()));
    ++printed_;
    if (names_.IsSelf(message.from_user_id())) return absl::OkStatus();
    v1::ClientMsg received;
    received.mutable_note()->set_topic(message.topic());
    received.mutable_note()->set_what(v1::INFO_NOTE_RECV);
    received.mutable_note()->set_seq_id(message.seq_id());
    return session_.Tell(received);
  }

  Context& context_;
  Session& session_;
  NameBook names_;
  std::set<std::string> attached_;
  std::int32_t printed_ = 0;
};

}  // namespace

absl::Status RunTail(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t count, context.arguments.GetNumber("count", kForever));
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seconds,
                         context.arguments.GetNumber("timeout", kForever));
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  Follower follower(context, mine);
  MOLVA_RETURN_IF_ERROR(context.words().empty() ? follower.FollowAll()
                                                : follower.FollowOne(context.words()[0]));
  std::fputs("molva: listening\n", stderr);
  return follower.Run(count, absl::Now() + absl::Seconds(seconds));
}

}  // namespace molva::cli
