// get: description, members, messages, deletions, tags, aux.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Get get) {
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, get.topic);
  if (!topic.has_value()) return;
  session.ReportActive();
  topic::Query query;
  query.from = session.MakeRequester(request, std::move(get.topic));
  query.from.as_reader = topic->as_reader;
  query.query = std::move(get.query);
  session.env().router.Send(topic->name, std::move(query));
}

}  // namespace molva::session
