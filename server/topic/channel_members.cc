#include "topic/channel_members.h"

#include "topic/channel.h"
#include "topic/meta_get.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fault;

// A ban ends with the invitation that follows it.
store::SubscriptionRecord AsMember(const store::SubscriptionRecord& reader, absl::Time now) {
  store::SubscriptionRecord ended = EndedReader(reader, now);
  ended.given = model::access::kReader;
  return ended;
}

}  // namespace

void AddReadersEnd(const store::SubscriptionRecord& reader, absl::Time now, store::Batch& batch) {
  batch.emplace_back(store::PutSubscription{AsMember(reader, now)});
}

void OnReaderBecameMember(ChatCore& core, const store::SubscriptionRecord& reader, absl::Time now,
                          model::SessionHandle spared) {
  KeepReader(core, Subscriber{reader}, AsMember(reader, now));
  EvictReader(core, reader.user, Unsubscribed::kYes, spared);
  presence::Notice gone;
  gone.what = presence::What::kGone;
  gone.skip_session = spared;
  NotifyReader(core, reader.user, std::move(gone));
}

std::optional<AccessMode> ReadersNewGiven(const store::SubscriptionRecord& reader,
                                          AccessMode mode) {
  if (!mode.is_set()) return std::nullopt;
  if (!mode.Has(AccessMode::kJoin)) return AccessMode::None();
  const bool is_banned = !reader.given.Has(AccessMode::kJoin);
  const bool is_readers = (mode & model::access::kReader) == mode;
  return is_banned && is_readers ? std::optional(model::access::kReader) : std::nullopt;
}

void SetReadersGiven(const CorePtr& core, const Requester& from,
                     const store::SubscriptionRecord& reader, AccessMode given,
                     Sequence::Next next) {
  if (reader.given == given) {
    core->Reply(from, Fault::kNotModified);
    return next();
  }
  store::SubscriptionRecord fresh = reader;
  fresh.given = given;
  fresh.updated = from.received;
  core->Commit({store::PutSubscription{fresh}}, [core, from, reader, fresh, next = std::move(next)](
                                                    const absl::Status& status) mutable {
    if (!status.ok()) {
      core->Refuse(from, status);
      return next();
    }
    KeepReader(*core, Subscriber{reader}, fresh);
    core->Reply(from, Fault::kOk,
                {{"acs", AccessJsonOf({fresh.want, fresh.given})},
                 {"user", model::JsonText(core->TextOf(fresh.user))}});
    if (!fresh.given.Has(AccessMode::kJoin)) {
      EvictReader(*core, fresh.user, Unsubscribed::kNo, {});
    }
    presence::Notice notice;
    notice.what = presence::What::kAcs;
    notice.access_delta = {"", AccessDelta(reader.given, fresh.given), ""};
    NotifyReader(*core, fresh.user, std::move(notice));
    next();
  });
}

void EndReader(const CorePtr& core, model::UserId user,
               absl::AnyInvocable<void(absl::Status)> done) {
  core->Hold();
  core->env.store.FindSubscription(
      core->name, user, true,
      [core, done = std::move(done)](
          absl::StatusOr<std::optional<store::SubscriptionRecord>> found) mutable {
        if (!found.ok() || !found->has_value() || (*found)->deleted.has_value()) {
          done(found.status());
          return core->Release();
        }
        const store::SubscriptionRecord reader = **std::move(found);
        const store::SubscriptionRecord ended = EndedReader(reader, core->env.shard.Now());
        core->Commit({store::PutSubscription{ended}},
                     [core, reader, ended, done = std::move(done)](absl::Status status) mutable {
                       if (status.ok()) {
                         KeepReader(*core, Subscriber{reader}, ended);
                         EvictReader(*core, ended.user, Unsubscribed::kYes, {});
                       }
                       done(std::move(status));
                     });
        core->Release();
      });
}

}  // namespace molva::topic
