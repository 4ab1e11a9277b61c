// note: typing and receipts. What makes no sense is dropped without a word.
#include "session/handlers/handlers.h"
#include "session/session.h"

namespace molva::session {
namespace {

bool MakesSense(const model::Note& note) {
  if (note.what == "kp" || note.what == "kpa" || note.what == "kpv") return note.seq == 0;
  return (note.what == "read" || note.what == "recv") && note.seq > 0;
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Note note) {
  const absl::StatusOr<model::ResolvedTopic> topic =
      session.env().names.Resolve(note.topic, session.state().user);
  if (!topic.ok() || topic->form != model::ResolvedTopic::Form::kExisting || !MakesSense(note)) {
    return;
  }
  const model::TopicKind kind = topic->name.kind();
  const bool is_chat = kind == model::TopicKind::kP2p || kind == model::TopicKind::kGroup ||
                       kind == model::TopicKind::kSlf;
  if (!is_chat) return;
  if (!session.IsAttachedTo(topic->name) && note.what != "recv") {
    return session.Reply("", note.topic, model::Fault::kMustAttachFirst);
  }
  session.ReportActive();
  topic::Mark mark;
  mark.from = session.MakeRequester(request, note.topic);
  mark.request = std::move(note);
  session.env().router.Send(topic->name, std::move(mark));
}

}  // namespace molva::session
