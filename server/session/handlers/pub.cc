// pub: a message for a topic.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Pub pub) {
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, pub.topic);
  if (!topic.has_value()) return;
  const bool is_report = topic->name.kind() == model::TopicKind::kSys;  // needs no attachment
  if (!is_report && !session.IsAttachedAsActor(topic->name)) {
    return session.Reply(request.id, pub.topic, model::Fault::kMustAttachFirst);
  }
  const absl::Duration wait =
      session.env().traffic.AdmitMessage(session.CountedUser(), topic->name, session.now());
  if (wait > absl::ZeroDuration()) return session.ReplyTooMany(request.id, pub.topic, wait);
  session.ReportActive();
  topic::Publish publish;
  publish.from = session.MakeRequester(request, pub.topic);
  publish.from.as_reader = topic->as_reader;
  publish.request = std::move(pub);
  session.env().router.Send(topic->name, std::move(publish));
}

}  // namespace molva::session
