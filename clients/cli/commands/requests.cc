// molva requests, accept, decline, block, unblock: who wants to talk with the user for the first
// time.
#include <fmt/core.h>

#include <algorithm>

#include "clients/cli/access.h"
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

namespace {

bool IsBlocked(const v1::TopicSub& sub) {
  return !sub.acs().want().empty() && sub.acs().want().find('J') == std::string::npos;
}

absl::Status ListBlocked(const Context& context, const std::vector<v1::TopicSub>& contacts) {
  for (const v1::TopicSub& sub : contacts) {
    if (!IsBlocked(sub)) continue;
    const std::string name = NameOnCard(sub.public_(), sub.topic());
    context.printer.Line(fmt::format("{}  {}", sub.topic(), Harmless(name)));
    context.printer.Object(JsonObject().Text("topic", sub.topic()).Text("name", name));
  }
  return absl::OkStatus();
}

// The chat that the first word names. Errors: kNotFound if there is none.
absl::StatusOr<v1::TopicSub> FindContact(Context& context, Session& session,
                                         const std::vector<v1::TopicSub>& contacts) {
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(session, context.words()[0]));
  for (const v1::TopicSub& sub : contacts) {
    if (sub.topic() == topic) return sub;
  }
  return absl::NotFoundError(fmt::format("{} is none of your chats", context.words()[0]));
}

}  // namespace

absl::Status RunBlock(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> contacts, Contacts(mine.session));
  if (context.words().empty()) return ListBlocked(context, contacts);
  MOLVA_ASSIGN_OR_RETURN(const v1::TopicSub sub, FindContact(context, mine.session, contacts));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(sub.topic()).status());
  MOLVA_RETURN_IF_ERROR(WantMode(mine.session, sub.topic(), "N"));
  Report(context, sub.topic(), "blocked");
  return absl::OkStatus();
}

absl::Status RunUnblock(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> contacts, Contacts(mine.session));
  MOLVA_ASSIGN_OR_RETURN(const v1::TopicSub sub, FindContact(context, mine.session, contacts));
  if (!IsBlocked(sub)) {
    return absl::NotFoundError(fmt::format("you have not blocked {}", context.words()[0]));
  }
  // Coming back without a mode asks for what one was given.
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(sub.topic()).status());
  Report(context, sub.topic(), "unblocked");
  return absl::OkStatus();
}

}  // namespace molva::cli
