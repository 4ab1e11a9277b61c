#include "clients/cli/reactions.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/core.h>

#include <utility>

#include "clients/cli/json_text.h"
#include "clients/cli/patience.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr absl::Duration kAnswerTimeout = absl::Seconds(15);

absl::Status ChangeOnce(Session& session, const std::string& self, const std::string& topic,
                        const v1::ClientNote& note) {
  v1::ClientMsg message;
  *message.mutable_note() = note;
  message.mutable_note()->set_topic(topic);
  MOLVA_RETURN_IF_ERROR(session.Tell(message));
  const absl::Time deadline = absl::Now() + kAnswerTimeout;
  for (absl::Duration left = kAnswerTimeout; left > absl::ZeroDuration();
       left = deadline - absl::Now()) {
    MOLVA_ASSIGN_OR_RETURN(const std::optional<v1::ServerMsg> packet, session.Next(left));
    if (!packet.has_value()) continue;
    const v1::ServerInfo& info = packet->info();
    if (packet->has_info() && info.topic() == topic && info.what() == note.what() &&
        info.seq_id() == note.seq_id() &&
        FindText(info.payload(), "") == FindText(note.payload(), "") &&
        (info.from_user_id() == self || info.from_user_id().empty())) {
      return absl::OkStatus();
    }
    // What refuses a note has no id.
    if (packet->has_ctrl() && packet->ctrl().id().empty() && packet->ctrl().code() >= 400) {
      return Refusal(packet->ctrl());
    }
  }
  return absl::DeadlineExceededError("the server did not say that it stored the sign");
}

}  // namespace

absl::StatusOr<std::vector<Reaction>> FetchReactions(Session& session, const std::string& topic,
                                                     const v1::GetOpts& options) {
  v1::GetQuery query;
  query.set_what("react");
  *query.mutable_data() = options;
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::ServerMsg> answer,
                         session.Ask(topic, query, [&topic](const v1::ServerMsg& packet) {
                           return packet.has_info() && packet.info().topic() == topic &&
                                  packet.info().what() == v1::INFO_NOTE_REACT &&
                                  packet.info().from_user_id().empty();
                         }));
  std::vector<Reaction> reactions;
  for (const v1::ServerMsg& packet : answer) {
    // The last one has no payload.
    for (const std::string& one : FindElements(packet.info().payload(), "")) {
      reactions.push_back({packet.info().seq_id(), FindText(one, "/sign").value_or(""),
                           FindNumber(one, "/count").value_or(0), FindValue(one, "/mine") == "true",
                           FindTexts(one, "/users")});
    }
  }
  return reactions;
}

absl::Status ChangeReaction(Session& session, const std::string& self, const std::string& topic,
                            const v1::ClientNote& note) {
  Patience patience;
  absl::Status status = ChangeOnce(session, self, topic, note);
  while (const std::optional<absl::Duration> wait = patience.WaitAfter(status)) {
    absl::SleepFor(*wait);
    status = ChangeOnce(session, self, topic, note);
  }
  return status;
}

}  // namespace molva::cli
