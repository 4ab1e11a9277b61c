// del: messages, members, topics.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Del del) {
  if (del.what == "user") {
    return session.Reply(request.id, del.topic, model::Fault::kNotImplemented);
  }
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, del.topic);
  if (!topic.has_value()) return;
  topic::Remove remove;
  remove.from = session.MakeRequester(request, del.topic);
  remove.from.as_reader = topic->as_reader;
  remove.request = std::move(del);
  session.env().router.Send(topic->name, std::move(remove));
}

}  // namespace molva::session
