// sub: attach to a topic, subscribing to it or creating it if need be.
#include "session/handlers/handlers.h"
#include "session/resolve.h"
#include "session/session.h"

namespace molva::session {

void Handle(Session& session, const model::Request& request, model::Sub sub) {
  using Form = model::ResolvedTopic::Form;
  std::optional<model::ResolvedTopic> topic = ResolveOrRefuse(session, request, sub.topic);
  if (!topic.has_value()) return;
  if (topic->form != Form::kExisting) {
    topic->name = model::TopicName::Group(
        names::NameBook::MakeOwnId(session.env().router.shard().random().Next64()));
  } else if (session.IsAttachedTo(topic->name)) {
    return session.Reply(request.id, sub.topic, model::Fault::kAlreadySubscribed);
  }
  session.ReportActive();
  topic::Join join;
  join.from = session.MakeRequester(request, sub.topic);
  join.from.as_reader = topic->as_reader;
  join.request = std::move(sub);
  if (topic->form == Form::kNewGroup) join.create = topic::Join::Create::kGroup;
  if (topic->form == Form::kNewChannel) join.create = topic::Join::Create::kChannel;
  session.Await();
  session.env().router.Send(topic->name, std::move(join));
}

}  // namespace molva::session
