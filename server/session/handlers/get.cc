// get: description, members, messages, deletions, tags, aux, logins.
#include "session/handlers/handlers.h"
#include "session/login_requests.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Get get) {
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, get.topic);
  if (!topic.has_value()) return;
  session.ReportActive();
  if (topic->name.kind() == model::TopicKind::kMe &&
      TakeSessionsWord(get.query.what) == SessionsAsked::kYes) {
    ShowLogins(session, request, get.topic);
    if (get.query.what.empty()) return;
  }
  topic::Query query;
  query.from = session.MakeRequester(request, std::move(get.topic));
  query.from.as_reader = topic->as_reader;
  query.query = std::move(get.query);
  session.env().router.Send(topic->name, std::move(query));
}

}  // namespace molva::session
