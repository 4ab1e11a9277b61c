#include "topic/history.h"

namespace molva::topic {
namespace {

using model::Fault;
using model::SeqId;
using model::SeqRange;

model::JsonFields NoneOf(std::string_view word) { return {{"what", model::JsonText(word)}}; }

std::int32_t Bounded(std::int32_t limit, std::int32_t most) {
  return limit > 0 ? std::min(limit, most) : most;
}

std::vector<SeqRange> RangesOf(const model::GetOptions& options, SeqId last) {
  if (!options.ranges.empty()) return model::NormaliseRanges(options.ranges);
  const SeqId low = std::max(options.since, SeqId{1});
  const SeqId hi = options.before > 0 ? std::min(options.before, last + 1) : last + 1;
  if (low >= hi) return {};
  return {{low, hi}};
}

bool AreSane(const std::vector<SeqRange>& ranges) {
  return std::all_of(ranges.begin(), ranges.end(), [](const SeqRange& range) {
    return range.low > 0 && range.hi >= 0 && (range.hi == 0 || range.hi > range.low) &&
           range.low < INT32_MAX;
  });
}

void SendMessages(ChatCore& core, const Requester& from,
                  const std::vector<store::MessageRecord>& messages) {
  for (const store::MessageRecord& message : messages) {
    const bool is_signed = !message.from.is_nobody() && !from.as_reader;
    model::Data data{from.topic_text, is_signed ? core.TextOf(message.from) : std::string(),
                     message.created, message.seq,
                     message.head,    message.content};
    if (from.as_reader) model::EraseField(data.head, "sender");
    core.Send(from, std::move(data));
  }
  model::JsonFields params = NoneOf("data");
  if (messages.empty()) {
    core.Reply(from, Fault::kNoContent, std::move(params));
    return;
  }
  params.emplace_back("count", model::JsonNumber(static_cast<std::int64_t>(messages.size())));
  core.Reply(from, Fault::kDelivered, std::move(params));
}

}  // namespace

absl::StatusOr<std::vector<SeqRange>> RangesToRead(const ChatCore& core, const Requester& from,
                                                   const model::GetOptions& options) {
  if (!core.ModeOf(from).Has(model::AccessMode::kRead)) {
    return model::Fail(Fault::kPermissionDenied, "may not read");
  }
  if (!AreSane(options.ranges)) return model::Fail(Fault::kMalformed, "no ranges of messages");
  return RangesOf(options, core.record.seq);
}

std::int32_t MessagesPerPage(const ChatCore& core, const model::GetOptions& options) {
  return Bounded(options.limit, core.env.limits.max_messages_per_page);
}

void GetData(const CorePtr& core, const Requester& from, const model::GetOptions& options,
             Sequence::Next next) {
  absl::StatusOr<std::vector<SeqRange>> ranges = RangesToRead(*core, from, options);
  if (!ranges.ok()) {
    core->Refuse(from, ranges.status());
    return next();
  }
  store::MessageQuery query;
  query.topic = core->name;
  query.reader = from.user;
  query.ranges = *std::move(ranges);
  query.limit = MessagesPerPage(*core, options);
  if (query.ranges.empty()) {
    SendMessages(*core, from, {});
    return next();
  }
  core->env.store.ListMessages(
      std::move(query), [core, from, next = std::move(next)](
                            absl::StatusOr<std::vector<store::MessageRecord>> messages) mutable {
        if (messages.ok()) {
          SendMessages(*core, from, *messages);
        } else {
          core->Refuse(from, messages.status());
        }
        next();
      });
}

void GetDeletions(const CorePtr& core, const Requester& from, const model::GetOptions& options,
                  Sequence::Next next) {
  if (!core->ModeOf(from).Has(model::AccessMode::kRead)) {
    core->Reply(from, Fault::kNoContent, NoneOf("del"));
    return next();
  }
  store::DeletionQuery query;
  query.topic = core->name;
  query.reader = from.user;
  query.since = options.since;
  query.before = options.before > 1 ? options.before : 0;
  query.limit = Bounded(options.limit, core->env.limits.max_results);
  core->env.store.ListDeletions(
      std::move(query), [core, from, next = std::move(next)](
                            absl::StatusOr<std::vector<store::DeletionRecord>> rows) mutable {
        if (!rows.ok()) {
          core->Refuse(from, rows.status());
        } else if (rows->empty()) {
          core->Reply(from, Fault::kNoContent, NoneOf("del"));
        } else {
          model::MetaDel del;
          for (const store::DeletionRecord& row : *rows) {
            del.clear = std::max(del.clear, row.del_id);
            del.ranges.insert(del.ranges.end(), row.ranges.begin(), row.ranges.end());
          }
          del.ranges = model::NormaliseRanges(std::move(del.ranges));
          model::Meta meta;
          meta.id = from.request_id;
          meta.topic = from.topic_text;
          meta.ts = from.received;
          meta.del = std::move(del);
          core->Send(from, std::move(meta));
        }
        next();
      });
}

}  // namespace molva::topic
