// pub: a message for a topic.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Pub pub) {
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, pub.topic);
  if (!topic.has_value()) return;
  if (!session.IsAttachedTo(topic->name)) {
    return session.Reply(request.id, pub.topic, model::Fault::kMustAttachFirst);
  }
  session.ReportActive();
  topic::Publish publish;
  publish.from = session.MakeRequester(request, pub.topic);
  publish.from.as_reader = topic->as_reader;
  publish.request = std::move(pub);
  session.env().router.Send(topic->name, std::move(publish));
}

}  // namespace molva::session
