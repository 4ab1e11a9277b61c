#include "topic/once.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/log.h"

namespace molva::topic {
namespace {

using model::SeqId;
using model::SeqRange;

constexpr std::int32_t kMostKnown = 4096;

// What every member who may read has received; the highest number if there is no such member.
SeqId ReceivedByAll(const ChatCore& core) {
  SeqId all = std::numeric_limits<SeqId>::max();
  for (const auto& [user, subscriber] : core.subscribers) {
    if (!subscriber.is_live() || !subscriber.mode().Has(model::AccessMode::kRead)) continue;
    all = std::min(all, std::max(subscriber.record.recv, subscriber.record.read));
  }
  return all;
}

void LogFailure(const ChatCore& core, const absl::Status& status) {
  base::LogWarning("cannot tell which messages are kept until delivered",
                   {{"topic", core.name.ToString()}, {"error", std::string(status.message())}});
}

void ReadHeads(const CorePtr& core, std::vector<SeqRange> ranges) {
  store::MessageQuery query;
  query.topic = core->name;
  query.ranges = model::NormaliseRanges(std::move(ranges));
  query.limit = kMostKnown;
  core->env.store.ListMessages(
      std::move(query), [core](const absl::StatusOr<std::vector<store::MessageRecord>>& messages) {
        if (!messages.ok()) {
          core->once.reset();  // the next receipt tries again
          return LogFailure(*core, messages.status());
        }
        if (!core->once.has_value()) return;
        for (const store::MessageRecord& message : *messages) {
          const OwnHeads own = ReadOwnHeads(message.head).value_or(OwnHeads{});
          if (IsOnce(*core, own)) core->once->insert(message.seq);
        }
        DeleteDelivered(core);
      });
}

// All of them are due some day, so that few messages have to be looked at.
void ReadKnown(const CorePtr& core) {
  core->once.emplace();
  core->env.store.ListDue(core->name, core->env.shard.Now() + kMaxTtl, kMostKnown,
                          [core](const absl::StatusOr<std::vector<store::DueRecord>>& dues) {
                            if (!dues.ok()) {
                              // A store of an older contract has none, and never will.
                              if (absl::IsUnimplemented(dues.status())) return;
                              core->once.reset();
                              return LogFailure(*core, dues.status());
                            }
                            std::vector<SeqRange> ranges;
                            for (const store::DueRecord& due : *dues)
                              ranges.push_back({due.seq, due.seq + 1});
                            if (!ranges.empty()) ReadHeads(core, std::move(ranges));
                          });
}

}  // namespace

bool IsOnce(const ChatCore& core, const OwnHeads& own) {
  if (own.is_once) return true;
  const model::RawJson* value = model::FindField(core.record.aux, kOnceKey);
  return value != nullptr && IsOnceValue(*value);
}

void RememberOnce(ChatCore& core, SeqId seq) {
  if (core.once.has_value()) core.once->insert(seq);
}

void DeleteDelivered(const CorePtr& core) {
  if (!core->exists || core->is_replica()) return;
  if (!core->once.has_value()) return ReadKnown(core);
  std::vector<SeqRange> ranges;
  const auto end = core->once->upper_bound(ReceivedByAll(*core));
  for (auto at = core->once->begin(); at != end; ++at) ranges.push_back({*at, *at + 1});
  if (ranges.empty()) return;
  core->once->erase(core->once->begin(), end);
  // In its turn: a change may be under way.
  core->env.outbound.Send(core->name, Expire{model::NormaliseRanges(std::move(ranges))});
}

}  // namespace molva::topic
