#include "topic/me_tags.h"

#include <algorithm>

#include "base/log.h"
#include "topic/alias.h"
#include "topic/tags.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;

absl::StatusOr<std::vector<std::string>> PlanTags(const MeState& me,
                                                  const std::vector<std::string>& wanted) {
  const std::vector<std::string>& reserved = me.env.reserved_tag_namespaces;
  std::vector<std::string> tags = NormaliseTags(wanted, me.env.limits);
  const bool clears = wanted.size() == 1 && wanted[0] == model::kClearMark;
  if (clears) tags = ReservedTags(me.user.tags, reserved);
  if (tags.empty() && !clears) return Fail(Fault::kNotModified, "no tag is left");
  if (ReservedTags(tags, reserved) != ReservedTags(me.user.tags, reserved)) {
    return Fail(Fault::kPermissionDenied, "reserved tags stay as they are");
  }
  if (tags == me.user.tags) return Fail(Fault::kNotModified, "the same tags");
  return tags;
}

void StoreTags(const MePtr& me, const Requester& from, std::vector<std::string> wanted,
               Sequence::Next next) {
  store::UserRecord user = me->user;
  const TagDifference difference = CompareTags(user.tags, wanted);
  user.tags = std::move(wanted);
  me->env.store.Write({store::PutUser{user, store::Expect::kPresent}},
                      [me, from, difference, tags = user.tags,
                       next = std::move(next)](const absl::Status& status) mutable {
                        if (!status.ok()) {
                          me->Refuse(from, status);
                          return next();
                        }
                        me->user.tags = std::move(tags);
                        me->Reply(from, Fault::kOk, TagParams(difference));
                        model::Pres pres;
                        pres.topic = "me";
                        pres.what = "tags";
                        me->Broadcast(pres, Except{.session = from.session});
                        next();
                      });
}

}  // namespace

void GetMyTags(const MeState& me, const Requester& from) {
  if (me.user.tags.empty()) {
    me.Reply(from, Fault::kNoContent, {{"what", model::JsonText("tags")}});
    return;
  }
  model::Meta meta;
  meta.id = from.request_id;
  meta.topic = "me";
  meta.ts = from.received;
  meta.tags = me.user.tags;
  me.Send(from, std::move(meta));
}

void SetMyTags(const MePtr& me, const Requester& from, const std::vector<std::string>& wanted,
               Sequence::Next next) {
  absl::StatusOr<std::vector<std::string>> tags = PlanTags(*me, wanted);
  if (!tags.ok()) {
    me->Refuse(from, tags.status());
    return next();
  }
  CheckAlias(me->env.store, *tags, me->user.tags,
             [me, from, wanted, next = std::move(next)](absl::Status status) mutable {
               // Once more: a contact may have been confirmed meanwhile.
               absl::StatusOr<std::vector<std::string>> now = PlanTags(*me, wanted);
               if (status.ok()) status = now.status();
               if (status.ok()) return StoreTags(me, from, *std::move(now), std::move(next));
               me->Refuse(from, status);
               next();
             });
}

void SwapMyTags(const MePtr& me, const SwapTags& command) {
  std::vector<std::string>& tags = me->user.tags;
  for (const std::string& tag : command.former) std::erase(tags, tag);
  tags.insert(tags.end(), command.now.begin(), command.now.end());
  std::sort(tags.begin(), tags.end());
  me->env.store.Write(
      {store::PutUser{me->user, store::Expect::kPresent}}, [](const absl::Status& status) {
        if (!status.ok()) {
          base::LogError("login tag not stored", {{"error", std::string(status.message())}});
        }
      });
}

}  // namespace molva::topic
