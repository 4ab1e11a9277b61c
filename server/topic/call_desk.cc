#include "topic/call_desk.h"

#include "base/log.h"
#include "model/shared_packet.h"
#include "topic/publish.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;
using model::TopicKind;
using model::UserId;

CallVoice VoiceOf(const Mark& command) {
  return {command.from.user, command.from.session, command.request.seq};
}

model::Info InfoFor(const ChatCore& core, const Mark& command, UserId viewer) {
  model::Info info;
  info.topic = core.ClientName(viewer);
  info.from = core.TextOf(command.from.user);
  info.what = "call";
  info.seq = command.request.seq;
  info.event = command.request.event;
  info.payload = command.request.payload;
  return info;
}

void TellParty(const ChatCore& core, const Mark& command, UserId viewer,
               model::SessionHandle session) {
  core.env.outbound.Reply(session, model::Share(InfoFor(core, command, viewer)));
}

void StopTimer(ChatCore& core) {
  core.env.shard.CancelTimer(core.call_timer);
  core.call_timer = runtime::TimerId::kNone;
}

// The message that takes the place of the first one is the originator's, whoever caused it.
void Replace(const CorePtr& core, std::string_view word, UserId by,
             absl::AnyInvocable<void()> then) {
  const Call& call = core->call;
  model::JsonFields head = call.Replacement(word, core->env.shard.Now());
  if (!by.is_nobody() && by != call.originator()) {
    head.emplace_back("sender", model::JsonText(core->TextOf(by)));
  }
  PublishOwn(core, call.originator(), std::move(head), call.content(), std::move(then));
}

// Everybody's devices stop ringing, whoever hung up.
void TellHungUp(const ChatCore& core, model::SeqId seq) {
  core.Broadcast([](UserId) { return true; },
                 [&](UserId viewer) {
                   model::Info info;
                   info.topic = core.ClientName(viewer);
                   info.what = "call";
                   info.seq = seq;
                   info.event = "hang-up";
                   return model::Packet(std::move(info));
                 });
  presence::Notice notice;
  notice.what = presence::What::kInfo;
  notice.note = "call";
  notice.event = "hang-up";
  notice.seq = seq;
  notice.skip_attached = true;
  core.NotifyUsers([](const Subscriber&) { return true; }, notice);
}

// `by`: who hung up, or Nobody.
void End(const CorePtr& core, CallEnd how, UserId by) {
  StopTimer(*core);
  const model::SeqId seq = core->call.seq();
  // Who has left altogether leaves no message behind.
  if (core->FindLive(core->call.originator()) != nullptr) {
    Replace(core, WordOf(how), by, [core, seq] { TellHungUp(*core, seq); });
  } else {
    TellHungUp(*core, seq);
  }
  core->call.Clear();
}

void Accept(const CorePtr& core, const Mark& command) {
  if (!core->call.Accept(VoiceOf(command), core->env.shard.Now())) return;
  StopTimer(*core);
  Replace(
      core, "accepted", command.from.user,
      [core, command, caller = core->call.originator(), session = core->call.originator_session()] {
        TellParty(*core, command, caller, session);
        presence::Notice notice;
        notice.what = presence::What::kInfo;
        notice.note = "call";
        notice.event = command.request.event;
        notice.payload = command.request.payload;
        notice.seq = command.request.seq;
        notice.actor = command.from.user;
        notice.skip_session = command.from.session;
        core->NotifyUser(command.from.user, notice);
      });
}

}  // namespace

bool AsksForCall(const model::Pub& request) {
  const model::RawJson* value = model::FindField(request.head, "webrtc");
  return value != nullptr && !value->empty() && value->text != "null";
}

absl::Status AdmitCall(const ChatCore& core, const Publish& command) {
  if (core.env.limits.calls == Limits::Calls::kOff) {
    return Fail(Fault::kNotImplemented, "calls are not configured");
  }
  if (core.name.kind() != TopicKind::kP2p) {
    return Fail(Fault::kPermissionDenied, "calls are for two");
  }
  const names::NameBook& names = core.env.names;
  const UserId caller = command.from.user;
  if (names.IsForeign(caller) || names.IsForeign(core.name.PeerOf(caller))) {
    return Fail(Fault::kNotImplemented, "calls stay within one server");
  }
  return core.call.is_active() ? Fail(Fault::kBusyHere, "there is a call") : absl::OkStatus();
}

void BeginCall(const CorePtr& core, const store::MessageRecord& message,
               model::SessionHandle session) {
  core->call.Begin(message, session);
  core->call_timer = core->env.shard.StartTimer(
      core->env.limits.call_timeout, [weak = std::weak_ptr(core), seq = message.seq] {
        const CorePtr self = weak.lock();
        // In line with what the topic waits for.
        if (self != nullptr) self->env.outbound.Send(self->name, CallOverdue{seq});
      });
}

void CancelCall(ChatCore& core, model::SeqId seq) {
  if (!core.call.is_active() || core.call.seq() != seq) return;
  ForgetCall(core);
}

void HandleCallNote(const CorePtr& core, const Mark& command) {
  if (core->FindLive(command.from.user) == nullptr) return;
  const std::string& event = command.request.event;
  const CallVoice voice = VoiceOf(command);
  if (event == "ringing") {
    const Call& call = core->call;
    if (call.IsAsked(voice)) {
      TellParty(*core, command, call.originator(), call.originator_session());
    }
  } else if (event == "accept") {
    Accept(core, command);
  } else if (event == "hang-up") {
    if (const std::optional<CallEnd> end = core->call.EndIfHungUp(voice)) {
      End(core, *end, voice.user);
    }
  } else if (const auto other = core->call.OtherParty(voice)) {
    TellParty(*core, command, core->name.PeerOf(voice.user), *other);
  }
}

void HandleCallOverdue(const CorePtr& core, const CallOverdue& command) {
  if (const std::optional<CallEnd> end = core->call.EndIfUnanswered(command.seq)) {
    End(core, *end, UserId::Nobody());
  }
}

void LoseCallSession(const CorePtr& core, model::SessionHandle session) {
  if (const std::optional<CallEnd> end = core->call.EndIfLost(session)) {
    End(core, *end, UserId::Nobody());
  }
}

void ForgetCall(ChatCore& core) {
  StopTimer(core);
  core.call.Clear();
}

}  // namespace molva::topic
