#include "topic/channel.h"

#include "model/shared_packet.h"
#include "topic/channel_join.h"
#include "topic/channel_meta.h"
#include "topic/deletion.h"
#include "topic/meta_get.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;
using model::UserId;

// Answers nobody for a note; a sub or leave leaves the session where it is.
void Refuse(ChatCore& core, const Command& command, const absl::Status& status) {
  if (std::holds_alternative<Mark>(command)) return;
  const Requester& from = *RequesterOf(command);
  core.Refuse(from, status);
  if (!std::holds_alternative<Join>(command) && !std::holds_alternative<Depart>(command)) return;
  const bool is_in = core.sessions.Has(from.session) || core.readers.Has(from.session);
  core.env.outbound.Settle(from.session, core.name,
                           is_in ? Outbound::Attached::kYes : Outbound::Attached::kNo);
}

void Resume(ChatCore& core, UserId user) {
  for (Command& command : core.readers.Finish(user)) {
    if (core.on_resumed) core.on_resumed(std::move(command));
  }
  // What waits again, for the topic, will find the reader known.
  if (!core.is_held()) core.readers.Tidy(user);
}

void OnFound(ChatCore& core, UserId user,
             absl::StatusOr<std::optional<store::SubscriptionRecord>> found) {
  ChannelReaders::Reader& reader = *core.readers.Find(user);
  if (!found.ok()) {
    for (const Command& command : core.readers.Finish(user)) {
      Refuse(core, command, found.status());
    }
    return core.readers.Tidy(user);
  }
  // An admin may have changed it in the meantime; that is newer.
  if (!reader.is_known) {
    reader.is_known = true;
    if (found->has_value()) reader.subscriber = Subscriber{**std::move(found)};
  }
  Resume(core, user);
}

}  // namespace

void HandleAsReader(const CorePtr& core, Command command) {
  if (!core->record.is_channel) {
    return Refuse(*core, command, Fail(Fault::kNotFound, "not a channel"));
  }
  const Requester& from = *RequesterOf(command);
  if (std::holds_alternative<Publish>(command)) {
    return core->Reply(from,
                       core->IsAttached(from) ? Fault::kPermissionDenied : Fault::kMustAttachFirst);
  }
  const UserId user = from.user;
  if (WaitsForReader(core, user, command)) return;
  if (const auto* join = std::get_if<Join>(&command)) {
    JoinAsReader(core, *join);
  } else if (const auto* depart = std::get_if<Depart>(&command)) {
    LeaveAsReader(core, *depart);
  } else if (const auto* query = std::get_if<Query>(&command)) {
    HandleQuery(core, *query);
  } else if (const auto* change = std::get_if<Change>(&command)) {
    ChangeAsReader(core, *change);
  } else if (const auto* mark = std::get_if<Mark>(&command)) {
    MarkAsReader(*core, *mark);
  } else if (const auto* remove = std::get_if<Remove>(&command)) {
    const bool ends = remove->request.what == "topic";
    ends ? DropAsReader(core, *remove) : HandleRemove(core, *remove);
  }
  core->readers.Tidy(user);
}

bool WaitsForReader(const CorePtr& core, UserId user, const Command& command) {
  ChannelReaders::Reader& reader = core->readers.Enter(user);
  if (reader.is_known && !reader.is_busy) return false;
  if (reader.waiting.size() >= ChannelReaders::kMaxWaiting) {
    Refuse(*core, command, Fail(Fault::kServiceUnavailable, "too many commands of a reader wait"));
    return true;
  }
  reader.waiting.push_back(command);
  if (reader.is_busy) return true;
  core->readers.Begin(user);
  core->env.store.FindSubscription(
      core->name, user, true,
      [core, user](absl::StatusOr<std::optional<store::SubscriptionRecord>> found) {
        OnFound(*core, user, std::move(found));
      });
  return true;
}

void StoreReader(const CorePtr& core, const store::SubscriptionRecord& fresh,
                 absl::AnyInvocable<void(absl::Status)> done) {
  core->readers.Begin(fresh.user);
  core->env.store.Write({store::PutSubscription{fresh}},
                        [core, fresh, done = std::move(done)](absl::Status status) mutable {
                          if (status.ok() && !core->exists) {
                            status = Fail(Fault::kTopicNotFound, "deleted in the meantime");
                          }
                          if (status.ok()) {
                            const auto former = core->readers.Find(fresh.user)->subscriber;
                            KeepReader(*core, former, fresh);
                          }
                          done(std::move(status));
                          Resume(*core, fresh.user);
                        });
}

void KeepReader(ChatCore& core, const std::optional<Subscriber>& former,
                const store::SubscriptionRecord& fresh) {
  const bool was_live = former.has_value() && former->is_live();
  core.readers.subscribed += (fresh.deleted.has_value() ? 0 : 1) - (was_live ? 1 : 0);
  if (ChannelReaders::Reader* reader = core.readers.Find(fresh.user)) {
    reader->subscriber = Subscriber{fresh};
    reader->is_known = true;
  }
}

store::SubscriptionRecord EndedReader(store::SubscriptionRecord reader, absl::Time now) {
  reader.deleted = reader.updated = now;
  reader.read = reader.recv = 0;
  reader.del_id = 0;
  return reader;
}

void NotifyReader(const ChatCore& core, UserId user, presence::Notice notice) {
  notice.to_reader = true;
  core.NotifyUser(user, std::move(notice));
}

void EvictReader(ChatCore& core, UserId user, Unsubscribed unsubscribed,
                 model::SessionHandle spared) {
  const ChannelReaders::Reader* reader = core.readers.Find(user);
  if (reader == nullptr) return;
  const model::RawJson unsub{unsubscribed == Unsubscribed::kYes ? "true" : "false"};
  const model::PacketPtr notice =
      model::Share(model::MakeCtrl(Fault::kEvicted, "", core.env.names.TextOfChannel(core.name),
                                   core.env.shard.Now(), {{"unsub", unsub}}));
  for (const model::SessionHandle session : SessionList(reader->sessions)) {
    core.readers.Detach(session);
    core.env.outbound.Detached(session, core.name);
    if (session != spared) core.env.outbound.Reply(session, notice);
  }
  core.readers.Tidy(user);
}

void TellReaders(ChatCore& core, const store::MessageRecord& message) {
  if (core.readers.empty()) return;
  model::JsonFields head = message.head;
  model::EraseField(head, "sender");
  const model::PacketPtr packet =
      model::Share(model::Data{core.env.names.TextOfChannel(core.name), "", message.created,
                               message.seq, std::move(head), message.content});
  core.readers.ForEachList([&](int shard, const SessionListPtr& list) {
    core.env.outbound.FanOut(shard, list, packet, {});
  });
}

void TellReadersInfo(ChatCore& core, model::Info info) {
  if (core.readers.empty()) return;
  info.topic = core.env.names.TextOfChannel(core.name);
  const model::PacketPtr packet = model::Share(std::move(info));
  core.readers.ForEachList([&](int shard, const SessionListPtr& list) {
    core.env.outbound.FanOut(shard, list, packet, {});
  });
}

void TellReadersDeleted(ChatCore& core, const store::DeletionRecord& deletion) {
  if (core.readers.empty()) return;
  model::Pres pres;
  pres.topic = core.env.names.TextOfChannel(core.name);
  pres.what = "del";
  pres.clear = deletion.del_id;
  pres.ranges = deletion.ranges;
  const model::PacketPtr packet = model::Share(std::move(pres));
  core.readers.ForEachList([&](int shard, const SessionListPtr& list) {
    core.env.outbound.FanOut(shard, list, packet, {});
  });
}

void ForgetReaders(ChatCore& core) {
  presence::Notice gone;
  gone.what = presence::What::kGone;
  for (const UserId user : core.readers.Attached()) {
    NotifyReader(core, user, gone);
    ChannelReaders::Reader& reader = *core.readers.Find(user);
    for (const model::SessionHandle session : SessionList(reader.sessions)) {
      core.readers.Detach(session);
      core.env.outbound.Detached(session, core.name);
    }
    core.readers.Tidy(user);
  }
  core.readers.subscribed = 0;
}

}  // namespace molva::topic
