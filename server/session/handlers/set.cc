// set: description, rights, tags, aux.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Set set) {
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, set.topic);
  if (!topic.has_value()) return;
  session.ReportActive();
  topic::Change change;
  change.from = session.MakeRequester(request, std::move(set.topic));
  change.from.as_reader = topic->as_reader;
  change.query = std::move(set.query);
  session.env().router.Send(topic->name, std::move(change));
}

}  // namespace molva::session
