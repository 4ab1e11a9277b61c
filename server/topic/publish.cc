#include "topic/publish.h"

#include "base/log.h"
#include "base/status_macros.h"
#include "model/shared_packet.h"
#include "topic/attachments.h"
#include "topic/call_desk.h"
#include "topic/channel.h"
#include "topic/expiry.h"
#include "topic/once.h"
#include "topic/pushes.h"
#include "topic/remote/events.h"
#include "topic/remote/planted_bugs.h"
#include "topic/repeats.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::TopicKind;
using model::UserId;

// One rendering per audience, shared by all its sessions on all shards.
void FanOutData(ChatCore& core, const store::MessageRecord& message, const Except& except) {
  for (const ChatCore::Audience& audience : core.DataAudience()) {
    model::PacketPtr packet;
    for (std::size_t shard = 0; shard < audience.sessions.size(); ++shard) {
      if (audience.sessions[shard] == nullptr) continue;
      if (packet == nullptr) {
        packet =
            model::Share(model::Data{core.ClientName(audience.viewer), core.TextOf(message.from),
                                     message.created, message.seq, message.head, message.content});
      }
      core.env.outbound.FanOut(static_cast<int>(shard), audience.sessions[shard], packet, except);
    }
  }
}

void SpreadNews(ChatCore& core, const store::MessageRecord& message) {
  presence::NoticePtr shared;
  const std::vector<UserListPtr>& lists = core.NewsAudience();
  for (std::size_t shard = 0; shard < lists.size(); ++shard) {
    if (lists[shard] == nullptr) continue;
    if (shared == nullptr) {
      presence::Notice notice;
      notice.what = presence::What::kMsg;
      notice.topic = core.name;
      notice.seq = message.seq;
      notice.actor = message.from;
      notice.skip_attached = true;
      notice.seen_by = core.DataSessions();
      shared = std::make_shared<const presence::Notice>(std::move(notice));
    }
    core.env.outbound.Notify(static_cast<int>(shard), lists[shard], shared);
  }
}

// `taken`: the number of the proposal that the publish came as, or 0.
void Deliver(ChatCore& core, const Publish& command, const store::MessageRecord& message,
             std::int64_t taken) {
  core.record.seq = message.seq;
  core.record.touched = message.created;
  if (Subscriber* author = core.FindLive(message.from);
      author != nullptr && author->mode().Has(AccessMode::kRead)) {
    author->record.read = std::max(author->record.read, message.seq);
    author->record.recv = std::max(author->record.recv, message.seq);
  }
  if (command.from.is_remote()) {
    core.env.peers.Acknowledge(command.from.origin, core.name, LaneKind::kProposals, taken, {});
  } else if (!command.from.request_id.empty()) {
    core.Reply(command.from, Fault::kAccepted, {{"seq", model::JsonNumber(message.seq)}});
  }
  TellOfMessage(
      core, message,
      Except{.session = command.request.no_echo ? command.from.session : model::SessionHandle{}});
}

void TellKept(const ChatCore& core, const Publish& command, bool is_stored) {
  if (!command.kept_for.has_value()) return;
  core.env.outbound.Send(command.kept_for->topic, Kept{command.kept_for->token, is_stored});
}

// What a publish stands for once it is on disk.
struct InFlight {
  Publish command;
  store::MessageRecord message;
  Sealed sealed;
  std::int64_t taken = 0;
  absl::AnyInvocable<void()> then;  // may be empty
};

// What stands beside the message in the store.
void SealHeads(ChatCore& core, const InFlight& publish, store::Batch& batch) {
  const store::MessageRecord& message = publish.message;
  const OwnHeads own = ReadOwnHeads(message.head).value_or(OwnHeads{});
  // What the topic says itself may repeat the heads of what it is about.
  const bool is_own = publish.command.from.user.is_nobody();
  if (!own.uid.empty() && !is_own) SealUid(core, message, own.uid, batch);
  if (const auto due = DueTime(core, own, message.created)) {
    batch.emplace_back(store::PutDue{{message.topic, message.seq, *due}});
  }
}

Fault FaultOfWrite(const absl::Status& status) {
  if (absl::IsUnimplemented(status)) return Fault::kNotImplemented;
  return absl::IsUnavailable(status) || absl::IsAborted(status) ? Fault::kServiceUnavailable
                                                                : Fault::kInternalError;
}

void OnAppended(const CorePtr& core, InFlight& publish, const absl::Status& status) {
  const store::MessageRecord& message = publish.message;
  --core->publishes_in_flight;
  core->publish_bytes_in_flight -= message.content.text.size();
  if (status.ok()) {
    const OwnHeads own = ReadOwnHeads(message.head).value_or(OwnHeads{});
    if (IsOnce(*core, own)) RememberOnce(*core, message.seq);
    Deliver(*core, publish.command, message, publish.taken);
    for (const Requester& repeat : core->uids.OnStored(message.seq)) {
      core->Reply(repeat, Fault::kAccepted, {{"seq", model::JsonNumber(message.seq)}});
    }
    DeliverSealed(*core, publish.sealed);
    core->RecoverIfIdle();
  } else {
    if (!core->is_resyncing) {
      base::LogError("message not stored", {{"topic", core->name.ToString()},
                                            {"seq", std::to_string(message.seq)},
                                            {"error", std::string(status.message())}});
    }
    // A proposal is not answered: its server sends it again.
    const Requester& from = publish.command.from;
    if (!from.is_remote() && !from.user.is_nobody()) core->Reply(from, FaultOfWrite(status));
    for (const Requester& repeat : core->uids.OnFailed(message.seq)) {
      core->Reply(repeat, FaultOfWrite(status));
    }
    CancelCall(*core, message.seq);
    core->Recover();
  }
  TellKept(*core, publish.command, status.ok());
  if (publish.then) publish.then();
}

// Gives the message the next number and hands it to the store.
void Append(const CorePtr& core, const std::shared_ptr<InFlight>& publish) {
  store::MessageRecord& message = publish->message;
  message.topic = core->name;
  message.seq = ++core->reserved_seq;
  store::Batch batch;
  batch.emplace_back(store::AppendMessage{message});
  if (core->ModeOf(message.from).Has(AccessMode::kRead)) {
    batch.emplace_back(
        store::RaiseMarks{core->name, message.from, false, message.seq, message.seq});
  }
  SealHeads(*core, *publish, batch);
  const CausePtr cause = publish->command.from.is_remote() ? core->lanes.cause : nullptr;
  KeepFilesOf(message, publish->command.from, batch);
  publish->sealed = SealEvents(*core, batch, message.from, cause);
  if (cause != nullptr) {
    publish->taken = cause->item->n;
    core->lanes.cause_has_effect = true;
    if (Planted(PlantedBug::kAckBeforeCommit)) {
      core->env.peers.Acknowledge(cause->domain, core->name, LaneKind::kProposals, publish->taken,
                                  {});
    }
  }
  ++core->publishes_in_flight;
  core->publish_bytes_in_flight += message.content.text.size();
  core->env.store.Write(std::move(batch), [core, publish](const absl::Status& status) {
    OnAppended(core, *publish, status);
  });
}

}  // namespace

bool HasRoomToPublish(const ChatCore& core) {
  return core.publishes_in_flight < core.env.limits.max_publishes_in_flight &&
         core.publish_bytes_in_flight < core.env.limits.max_publish_bytes_in_flight;
}

// The order of the refusals is protocol: behaviour §7.1.
absl::Status AdmitPublish(const ChatCore& core, const Publish& command) {
  const bool is_report = core.name.kind() == TopicKind::kSys;  // from anybody, from anywhere
  if (!is_report && !core.IsAttached(command.from)) {
    return Fail(Fault::kMustAttachFirst, "the session is not attached");
  }
  if (core.is_resyncing) return Fail(Fault::kServiceUnavailable, "recovering from a failed write");
  if (!HasRoomToPublish(core)) {
    return Fail(Fault::kServiceUnavailable, "too many publishes in flight");
  }
  if (core.is_read_only()) return Fail(Fault::kPermissionDenied, "the topic is read-only");
  if (AsksForCall(command.request)) MOLVA_RETURN_IF_ERROR(AdmitCall(core, command));
  if (!is_report && !core.ModeOf(command.from.user).Has(AccessMode::kWrite)) {
    return Fail(Fault::kPermissionDenied, "the author may not write");
  }
  const absl::StatusOr<OwnHeads> own = ReadOwnHeads(command.request.head);
  if (own.ok() && own->is_once && core.record.is_channel) {
    return Fail(Fault::kOperationNotAllowed, "who reads a channel is not known");
  }
  return own.status();
}

void RefusePublish(ChatCore& core, const Publish& command, const absl::Status& status) {
  if (!command.kept_for.has_value()) return core.Refuse(command.from, status);
  TellKept(core, command, false);
}

void HandlePublish(const CorePtr& core, Publish command) {
  if (const absl::Status admitted = AdmitPublish(*core, command); !admitted.ok()) {
    return RefusePublish(*core, command, admitted);
  }
  if (TakeRepeat(core, command)) return;
  const bool is_call = AsksForCall(command.request);
  auto publish = std::make_shared<InFlight>();
  store::MessageRecord& message = publish->message;
  message.created = command.from.received;
  message.from = command.from.user;
  message.head = std::move(command.request.head);
  model::EraseField(message.head, "sender");  // only the server may set it
  if (!command.from.agent.is_nobody()) {
    message.head.emplace_back("sender", model::JsonText(core->TextOf(command.from.agent)));
  }
  message.content = std::move(command.request.content);
  publish->command = std::move(command);
  Append(core, publish);
  if (is_call) BeginCall(core, message, publish->command.from.session);
}

void PublishOwn(const CorePtr& core, UserId author, model::JsonFields head, model::RawJson content,
                absl::AnyInvocable<void()> then) {
  if (core->is_resyncing) {
    base::LogWarning(
        "message of the topic itself not stored",
        {{"topic", core->name.ToString()}, {"error", "recovering from a failed write"}});
    return then();
  }
  auto publish = std::make_shared<InFlight>();
  publish->message.created = core->env.shard.Now();
  publish->message.from = author;
  publish->message.head = std::move(head);
  publish->message.content = std::move(content);
  publish->then = std::move(then);
  Append(core, publish);
}

void TellOfMessage(ChatCore& core, const store::MessageRecord& message, const Except& except) {
  SpreadNews(core, message);
  FanOutData(core, message, except);
  TellReaders(core, message);
  PushMessage(core, message);
}

}  // namespace molva::topic
