// molva requests, accept, decline, block: who wants to talk with the user for the first time.
#include <fmt/core.h>

#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/contact_requests.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

void Print(const Printer& printer, const v1::TopicSub& sub, Direction direction) {
  const std::string name = NameOnCard(sub.public_(), sub.topic());
  const bool incoming = direction == Direction::kIncoming;
  const std::string_view what = !incoming              ? "has not answered yet"
                                : IsGroup(sub.topic()) ? "you are invited"
                                                       : "wants to talk with you";
  printer.Line(fmt::format("{}  {}  {}", sub.topic(), Harmless(name), what));
  printer.Object(JsonObject()
                     .Text("topic", sub.topic())
                     .Text("name", name)
                     .Text("direction", incoming ? "incoming" : "outgoing"));
}

void Report(const Context& context, const std::string& topic, std::string_view done) {
  context.printer.Line(fmt::format("{} is {}.", context.words()[0], done));
  context.printer.Object(JsonObject().Text("topic", topic).Text("done", done));
}

}  // namespace

absl::Status RunRequests(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> contacts, Contacts(mine.session));
  bool none = true;
  for (const v1::TopicSub& sub : contacts) {
    const Direction direction = DirectionOf(sub);
    if (direction == Direction::kNone) continue;
    none = false;
    Print(context.printer, sub, direction);
  }
  if (none) context.printer.Line("Nobody waits for an answer.");
  return absl::OkStatus();
}

absl::Status RunAsk(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> contacts, Contacts(mine.session));
  const bool waits = std::any_of(contacts.begin(), contacts.end(), [&](const v1::TopicSub& sub) {
    return sub.topic() == topic && DirectionOf(sub) == Direction::kOutgoing;
  });
  context.printer.Line(waits ? fmt::format("{} is asked.", context.words()[0])
                             : fmt::format("You can talk with {}.", context.words()[0]));
  context.printer.Object(JsonObject().Text("topic", topic).Flag("waits", waits));
  return absl::OkStatus();
}

absl::Status RunAccept(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const v1::TopicSub request, FindRequest(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(request.topic()).status());
  MOLVA_RETURN_IF_ERROR(Accept(mine.session, request));
  Report(context, request.topic(), "accepted");
  return absl::OkStatus();
}

absl::Status RunDecline(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const v1::TopicSub request, FindRequest(mine.session, context.words()[0]));
  v1::ClientMsg message;
  message.mutable_del()->set_topic(request.topic());
  message.mutable_del()->set_what(v1::ClientDel::WHAT_TOPIC);
  MOLVA_RETURN_IF_ERROR(mine.session.Call(std::move(message)).status());
  Report(context, request.topic(), "declined");
  return absl::OkStatus();
}

absl::Status RunBlock(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> contacts, Contacts(mine.session));
  const bool known = std::any_of(contacts.begin(), contacts.end(),
                                 [&](const v1::TopicSub& sub) { return sub.topic() == topic; });
  if (!known) {
    return absl::NotFoundError(fmt::format("{} is none of your chats", context.words()[0]));
  }
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  MOLVA_RETURN_IF_ERROR(WantMode(mine.session, topic, "N"));
  Report(context, topic, "blocked");
  return absl::OkStatus();
}

}  // namespace molva::cli
