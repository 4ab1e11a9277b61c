// del: messages, members, topics, accounts, logins.
#include "session/account_end.h"
#include "session/handlers/handlers.h"
#include "session/login_requests.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Del del) {
  if (del.what == "user") return EndAccount(session, request, del);
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, del.topic);
  if (!topic.has_value()) return;
  if (del.what == "session" && topic->name.kind() == model::TopicKind::kMe) {
    return EndChosenLogins(session, request, del);
  }
  topic::Remove remove;
  remove.from = session.MakeRequester(request, del.topic);
  remove.from.as_reader = topic->as_reader;
  remove.request = std::move(del);
  session.env().router.Send(topic->name, std::move(remove));
}

}  // namespace molva::session
