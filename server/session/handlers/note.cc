// note: typing, receipts, reactions, what is said in calls. What makes no sense is dropped without
// a word.
#include <algorithm>
#include <array>

#include "session/handlers/handlers.h"
#include "session/session.h"

namespace molva::session {
namespace {

// Descriptions of what two clients may send each other are a tenth of this.
constexpr std::size_t kMaxPayloadBytes = 64 * 1024;

constexpr std::array<std::string_view, 3> kFromOutside = {"ringing", "accept", "hang-up"};
constexpr std::array<std::string_view, 3> kFromParties = {"offer", "answer", "ice-candidate"};

template <typename List>
bool IsIn(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool IsReaction(const model::Note& note) { return note.what == "react" || note.what == "unreact"; }

bool MakesSense(const model::Note& note, model::TopicKind kind) {
  if (note.payload.text.size() > kMaxPayloadBytes) return false;
  if (note.what == "kp" || note.what == "kpa" || note.what == "kpv") return note.seq == 0;
  if (note.what == "data") return !note.payload.empty();
  if (note.what == "call") {
    return kind == model::TopicKind::kP2p && note.seq > 0 &&
           (IsIn(kFromOutside, note.event) || IsIn(kFromParties, note.event));
  }
  return (note.what == "read" || note.what == "recv" || IsReaction(note)) && note.seq > 0;
}

bool MayComeFromOutside(const model::Note& note) {
  return note.what == "recv" || (note.what == "call" && IsIn(kFromOutside, note.event));
}

// Whether the limits let the note through. A reaction is refused as others are (docs/protocol
// beyond §4); the rest is not missed.
bool IsAdmitted(Session& session, const model::Note& note, model::TopicName topic) {
  TrafficGate& traffic = session.env().traffic;
  const model::UserId user = session.CountedUser();
  if (!IsReaction(note)) {
    return user.is_nobody() || traffic.AdmitNote(user, session.now()) == absl::ZeroDuration();
  }
  const absl::Duration wait = traffic.AdmitMessage(user, topic, session.now());
  if (wait == absl::ZeroDuration()) return true;
  session.ReplyTooMany(
      "", note.topic, wait,
      {{"what", model::JsonText(note.what)}, {"seq", model::JsonNumber(note.seq)}});
  return false;
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Note note) {
  const absl::StatusOr<model::ResolvedTopic> topic =
      session.env().names.Resolve(note.topic, session.actor().user);
  if (!topic.ok() || topic->form != model::ResolvedTopic::Form::kExisting) return;
  const model::TopicKind kind = topic->name.kind();
  if (kind == model::TopicKind::kMe || kind == model::TopicKind::kFnd) return;
  if (!MakesSense(note, kind)) return;
  if (!session.IsAttachedAsActor(topic->name)) {
    if (!MayComeFromOutside(note)) {
      return session.Reply("", note.topic, model::Fault::kMustAttachFirst);
    }
  }
  if (!IsAdmitted(session, note, topic->name)) return;
  if (note.event == "accept" && !session.IsAttachedAsActor(topic->name)) {
    session.FollowCall(topic->name);
  }
  // Only those have a payload.
  if (note.what != "data" && note.what != "call" && !IsReaction(note)) note.payload = {};
  session.ReportActive();
  topic::Mark mark;
  mark.from = session.MakeRequester(request, note.topic);
  mark.from.as_reader = topic->as_reader;
  mark.request = std::move(note);
  session.env().router.Send(topic->name, std::move(mark));
}

}  // namespace molva::session
