#include "topic/expiry.h"

#include <algorithm>

#include "base/log.h"
#include "topic/deletion.h"
#include "topic/once.h"

namespace molva::topic {
namespace {

using model::SeqRange;

void LogFailure(const ChatCore& core, const absl::Status& status) {
  base::LogWarning("what is due is not deleted",
                   {{"topic", core.name.ToString()}, {"error", std::string(status.message())}});
}

store::DeletionRecord DeletionOf(const ChatCore& core, std::vector<SeqRange> ranges,
                                 std::int32_t del_id) {
  store::DeletionRecord deletion;
  deletion.topic = core.name;
  deletion.del_id = del_id;
  deletion.ranges = std::move(ranges);
  return deletion;
}

void Delete(const CorePtr& core, std::vector<SeqRange> ranges) {
  const store::DeletionRecord deletion =
      DeletionOf(*core, std::move(ranges), NextDeletionId(*core));
  core->lanes.actor = model::UserId::Nobody();
  core->Commit({store::PutDeletion{deletion}}, [core, deletion](const absl::Status& status) {
    if (!status.ok()) return LogFailure(*core, status);  // the next sweep finds it again
    core->record.del_id = deletion.del_id;
    TellDeleted(*core, Requester{}, deletion);
  });
}

// The topic is hidden from everybody, and so nobody is told.
void DeleteHidden(const CorePtr& core, const Expire& command) {
  core->Hold();
  core->env.store.FindTopic(
      core->name, [core, ranges = command.ranges](
                      const absl::StatusOr<std::optional<store::TopicRecord>>& found) mutable {
        if (found.ok() && found->has_value()) {
          core->env.store.Write(
              {store::PutDeletion{DeletionOf(*core, std::move(ranges), (*found)->del_id + 1)}},
              [core](const absl::Status& status) {
                if (!status.ok()) LogFailure(*core, status);
                core->Release();
              });
          return;
        }
        if (!found.ok()) LogFailure(*core, found.status());
        core->Release();
      });
}

}  // namespace

std::optional<absl::Time> DueTime(const ChatCore& core, const OwnHeads& own, absl::Time now) {
  std::optional<absl::Duration> ttl = own.ttl;
  const model::RawJson* value = model::FindField(core.record.aux, kTtlKey);
  const auto otherwise = value == nullptr ? std::nullopt : ParseTtl(*value);
  if (otherwise.has_value()) ttl = std::min(ttl.value_or(*otherwise), *otherwise);
  if (IsOnce(core, own)) ttl = std::min(ttl.value_or(kOnceBound), kOnceBound);
  if (!ttl.has_value()) return std::nullopt;
  return now + *ttl;
}

void HandleExpire(const CorePtr& core, const Expire& command) {
  if (!core->exists) return DeleteHidden(core, command);
  if (core->is_replica()) return;  // the home's to say
  // Somebody may have deleted them since they were found to be due.
  core->Hold();
  store::MessageQuery query;
  query.topic = core->name;
  query.ranges = command.ranges;
  query.limit = static_cast<std::int32_t>(model::CountRanges(query.ranges));
  core->env.store.ListMessages(
      std::move(query), [core](const absl::StatusOr<std::vector<store::MessageRecord>>& messages) {
        if (!messages.ok()) LogFailure(*core, messages.status());
        std::vector<SeqRange> ranges;
        if (messages.ok()) {
          for (const store::MessageRecord& message : *messages) {
            ranges.push_back({message.seq, message.seq + 1});
          }
        }
        if (!ranges.empty()) Delete(core, model::NormaliseRanges(std::move(ranges)));
        core->Release();
      });
}

}  // namespace molva::topic
