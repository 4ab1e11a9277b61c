// molva pin, unpin, pins: messages that stand above a chat.
#include <fmt/core.h>

#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

// As many as the stock clients keep. Source: docs/protocol messages §9.
constexpr std::size_t kMaxPins = 5;

// The numbers of the pinned messages of an attached topic, as JSON.
absl::StatusOr<std::vector<std::string>> FetchPins(Session& session, const std::string& topic) {
  MOLVA_ASSIGN_OR_RETURN(const std::optional<v1::ServerMeta> meta, session.Fetch(topic, "aux"));
  if (!meta.has_value()) return std::vector<std::string>();
  const auto pins = meta->aux().find("pins");
  return pins == meta->aux().end() ? std::vector<std::string>() : FindElements(pins->second, "");
}

absl::Status StorePins(Session& session, const std::string& topic,
                       const std::vector<std::string>& pins) {
  v1::ClientMsg message;
  message.mutable_set()->set_topic(topic);
  (*message.mutable_set()->mutable_query()->mutable_aux())["pins"] =
      pins.empty() ? JsonText("\u2421") : JsonArray(pins);
  return session.Call(std::move(message)).status();
}

struct Pinboard {
  LoggedIn mine;
  std::string topic;
  std::vector<std::string> pins;
};

absl::StatusOr<Pinboard> OpenPinboard(const Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  MOLVA_ASSIGN_OR_RETURN(std::vector<std::string> pins, FetchPins(mine.session, topic));
  return Pinboard{std::move(mine), std::move(topic), std::move(pins)};
}

void Report(const Context& context, const Pinboard& board) {
  context.printer.Object(
      JsonObject().Text("topic", board.topic).Raw("pins", JsonArray(board.pins)));
}

}  // namespace

absl::Status RunPin(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[1]));
  MOLVA_ASSIGN_OR_RETURN(Pinboard board, OpenPinboard(context));
  MOLVA_RETURN_IF_ERROR(FetchMessage(board.mine.session, board.topic, seq).status());
  const std::string pin = std::to_string(seq);
  if (std::find(board.pins.begin(), board.pins.end(), pin) == board.pins.end()) {
    if (board.pins.size() >= kMaxPins) {
      return absl::FailedPreconditionError(fmt::format(
          "{} messages are pinned, more do not fit; take one off with: molva unpin", kMaxPins));
    }
    board.pins.push_back(pin);
    MOLVA_RETURN_IF_ERROR(StorePins(board.mine.session, board.topic, board.pins));
  }
  Report(context, board);
  return absl::OkStatus();
}

absl::Status RunUnpin(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[1]));
  MOLVA_ASSIGN_OR_RETURN(Pinboard board, OpenPinboard(context));
  const auto at = std::find(board.pins.begin(), board.pins.end(), std::to_string(seq));
  if (at == board.pins.end()) {
    return absl::NotFoundError(fmt::format("message {} is not pinned", seq));
  }
  board.pins.erase(at);
  MOLVA_RETURN_IF_ERROR(StorePins(board.mine.session, board.topic, board.pins));
  Report(context, board);
  return absl::OkStatus();
}

absl::Status RunPins(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(Pinboard board, OpenPinboard(context));
  v1::GetOpts options;
  for (const std::string& pin : board.pins) {
    const absl::StatusOr<std::int32_t> seq = SeqOf(pin);
    // What other clients have put there and is no number is none of ours.
    if (seq.ok()) options.add_ranges()->set_low(*seq);
  }
  if (options.ranges().empty()) return absl::OkStatus();
  NameBook names(board.mine.profile.user);
  MOLVA_RETURN_IF_ERROR(LearnNames(board.mine.session, board.topic, names));
  MOLVA_ASSIGN_OR_RETURN(const auto messages, board.mine.session.FetchData(board.topic, options));
  context.printer.ShowNumbers();
  for (const v1::ServerData& message : messages) {
    context.printer.Message(message, names.NameOf(message.from_user_id()));
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
