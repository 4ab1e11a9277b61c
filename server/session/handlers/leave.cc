// leave: detach from a topic, giving up the subscription if asked to.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Leave leave) {
  const std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, leave.topic);
  if (!topic.has_value()) return;
  if (!session.IsAttachedAsActor(topic->name)) {
    return session.Reply(
        request.id, leave.topic,
        leave.unsubscribe ? model::Fault::kMustAttachFirst : model::Fault::kNotJoined);
  }
  topic::Depart depart;
  depart.from = session.MakeRequester(request, std::move(leave.topic));
  depart.from.as_reader = topic->as_reader;
  depart.unsubscribe = leave.unsubscribe;
  session.Await();
  session.env().router.Send(topic->name, std::move(depart));
}

}  // namespace molva::session
