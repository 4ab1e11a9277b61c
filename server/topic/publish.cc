#include "topic/publish.h"

#include "base/log.h"
#include "model/shared_packet.h"
#include "topic/remote/events.h"
#include "topic/remote/planted_bugs.h"

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

// What a publish stands for once it is on disk.
struct InFlight {
  Publish command;
  store::MessageRecord message;
  Sealed sealed;
  std::int64_t taken = 0;
};

void OnAppended(const CorePtr& core, const InFlight& publish, const absl::Status& status) {
  const store::MessageRecord& message = publish.message;
  --core->publishes_in_flight;
  core->publish_bytes_in_flight -= message.content.text.size();
  if (status.ok()) {
    Deliver(*core, publish.command, message, publish.taken);
    DeliverSealed(*core, publish.sealed);
    core->RecoverIfIdle();
  } else {
    if (!core->is_resyncing) {
      base::LogError("message not stored", {{"topic", core->name.ToString()},
                                            {"seq", std::to_string(message.seq)},
                                            {"error", std::string(status.message())}});
    }
    // A proposal is not answered: its server sends it again.
    if (!publish.command.from.is_remote()) {
      core->Reply(publish.command.from, absl::IsUnavailable(status) || absl::IsAborted(status)
                                            ? Fault::kServiceUnavailable
                                            : Fault::kInternalError);
    }
    core->Recover();
  }
}

}  // namespace

bool HasRoomToPublish(const ChatCore& core) {
  return core.publishes_in_flight < core.env.limits.max_publishes_in_flight &&
         core.publish_bytes_in_flight < core.env.limits.max_publish_bytes_in_flight;
}

// The order of the refusals is protocol: behaviour §7.1.
absl::Status AdmitPublish(const ChatCore& core, const Publish& command) {
  if (!core.IsAttached(command.from)) {
    return Fail(Fault::kMustAttachFirst, "the session is not attached");
  }
  if (core.is_resyncing) return Fail(Fault::kServiceUnavailable, "recovering from a failed write");
  if (!HasRoomToPublish(core)) {
    return Fail(Fault::kServiceUnavailable, "too many publishes in flight");
  }
  if (core.is_read_only()) return Fail(Fault::kPermissionDenied, "the topic is read-only");
  if (model::FindField(command.request.head, "webrtc") != nullptr) {
    return core.name.kind() == TopicKind::kP2p
               ? Fail(Fault::kNotImplemented, "calls are not configured")
               : Fail(Fault::kPermissionDenied, "calls are for two");
  }
  if (!core.ModeOf(command.from.user).Has(AccessMode::kWrite)) {
    return Fail(Fault::kPermissionDenied, "the author may not write");
  }
  return absl::OkStatus();
}

void HandlePublish(const CorePtr& core, Publish command) {
  if (const absl::Status admitted = AdmitPublish(*core, command); !admitted.ok()) {
    core->Refuse(command.from, admitted);
    return;
  }
  auto publish = std::make_shared<InFlight>();
  store::MessageRecord& message = publish->message;
  message.topic = core->name;
  message.seq = ++core->reserved_seq;
  message.created = command.from.received;
  message.from = command.from.user;
  message.head = std::move(command.request.head);
  model::EraseField(message.head, "sender");  // only the server may set it
  message.content = std::move(command.request.content);
  publish->command = std::move(command);

  store::Batch batch;
  batch.emplace_back(store::AppendMessage{message});
  if (core->ModeOf(message.from).Has(AccessMode::kRead)) {
    batch.emplace_back(
        store::RaiseMarks{core->name, message.from, false, message.seq, message.seq});
  }
  const CausePtr cause = publish->command.from.is_remote() ? core->lanes.cause : nullptr;
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

void TellOfMessage(ChatCore& core, const store::MessageRecord& message, const Except& except) {
  SpreadNews(core, message);
  FanOutData(core, message, except);
}

}  // namespace molva::topic
