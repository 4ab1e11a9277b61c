// molva topics: the user's chats.
#include <fmt/core.h>

#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

void PrintTopic(const Printer& printer, const molva::v1::TopicSub& sub) {
  const std::string name = NameOnCard(sub.public_(), sub.topic());
  const int unread = std::max(0, sub.seq_id() - sub.read_id());
  const std::string online = sub.online() ? printer.Paint(Colour::kGreen, " online") : "";
  const std::string waiting =
      unread > 0 ? printer.Paint(Colour::kYellow, fmt::format(" {} unread", unread)) : "";
  printer.Line(fmt::format("{}  {}{}{}", sub.topic(), Harmless(name), online, waiting));
  printer.Object(JsonObject()
                     .Text("topic", sub.topic())
                     .Text("name", name)
                     .Flag("online", sub.online())
                     .Number("seq", sub.seq_id())
                     .Number("unread", unread)
                     .Time("touched", sub.touched_at()));
}

}  // namespace

absl::Status RunTopics(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach("me").status());
  MOLVA_ASSIGN_OR_RETURN(auto meta, mine.session.Fetch("me", "sub"));
  if (!meta.has_value()) {
    context.printer.Line("You have no chats yet; begin one with: molva chat WHO");
    return absl::OkStatus();
  }
  std::sort(
      meta->mutable_sub()->begin(), meta->mutable_sub()->end(),
      [](const auto& one, const auto& other) { return one.touched_at() > other.touched_at(); });
  for (const auto& sub : meta->sub()) PrintTopic(context.printer, sub);
  return absl::OkStatus();
}

}  // namespace molva::cli
