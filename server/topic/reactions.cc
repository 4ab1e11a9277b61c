#include "topic/reactions.h"

#include <algorithm>

#include "topic/channel.h"
#include "topic/history.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;
using model::SeqId;
using model::SeqRange;
using store::ReactionRecord;

constexpr char kReact[] = "react";
constexpr char kUnreact[] = "unreact";
constexpr std::size_t kMaxSignBytes = 64;
// On one message: of one user, of all.
constexpr std::int64_t kMaxOfUser = 8;
constexpr std::int32_t kMaxOfMessage = 1024;
constexpr std::size_t kMaxUsersShown = 16;

// Nothing of a note comes back with a refusal that could tell it from others, but this.
void Refuse(ChatCore& core, const Mark& command, const absl::Status& status) {
  core.Reply(command.from, model::FaultOf(status),
             {{"what", model::JsonText(command.request.what)},
              {"seq", model::JsonNumber(command.request.seq)}});
}

absl::StatusOr<std::string> SignOf(const model::Note& note) {
  std::string sign = model::ParseJsonText(note.payload).value_or("");
  const bool has_space = std::any_of(sign.begin(), sign.end(),
                                     [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  if (sign.empty() || sign.size() > kMaxSignBytes || has_space) {
    return Fail(Fault::kMalformed, "a sign is a text of 1 to 64 bytes without spaces");
  }
  return sign;
}

// The order of the refusals is protocol: beyond §4.
absl::StatusOr<ReactionRecord> ReadReaction(ChatCore& core, const Mark& command) {
  const bool is_shared = core.is_replica() || core.lanes.chain.n > 0 || !core.PeerDomains().empty();
  if (is_shared) return Fail(Fault::kNotImplemented, "the topic is on several servers");
  if (core.is_read_only() || !core.ModeOf(command.from.user).Has(AccessMode::kWrite)) {
    return Fail(Fault::kPermissionDenied, "may not write");
  }
  absl::StatusOr<std::string> sign = SignOf(command.request);
  if (!sign.ok()) return sign.status();
  if (command.request.seq > core.record.seq) return Fail(Fault::kNotFound, "no such message");
  return ReactionRecord{core.name, command.request.seq, command.from.user, *std::move(sign),
                        command.from.received};
}

void TellReaction(ChatCore& core, const Mark& command, const ReactionRecord& reaction) {
  model::Info info;
  info.what = command.request.what;
  info.seq = reaction.seq;
  info.payload = model::JsonText(reaction.sign);
  TellReadersInfo(core, info);
  info.from = core.TextOf(reaction.user);
  core.Broadcast([&](model::UserId user) { return core.ModeOf(user).Has(AccessMode::kRead); },
                 [&](model::UserId viewer) {
                   model::Info own = info;
                   own.topic = core.ClientName(viewer);
                   return model::Packet(std::move(own));
                 });
}

// Errors: kPolicyViolation. Returns whether there is anything to do.
absl::StatusOr<bool> IsNews(const std::vector<ReactionRecord>& known,
                            const ReactionRecord& reaction, bool is_set) {
  std::int64_t of_user = 0;
  for (const ReactionRecord& one : known) {
    if (one.user != reaction.user) continue;
    ++of_user;
    if (one.sign == reaction.sign) return !is_set;
  }
  if (!is_set) return false;
  if (of_user >= kMaxOfUser || known.size() >= static_cast<std::size_t>(kMaxOfMessage)) {
    return Fail(Fault::kPolicyViolation, "too many reactions to one message");
  }
  return true;
}

void StoreReaction(const CorePtr& core, const Mark& command, const ReactionRecord& reaction,
                   const std::vector<ReactionRecord>& known) {
  const bool is_set = command.request.what == kReact;
  const absl::StatusOr<bool> is_news = IsNews(known, reaction, is_set);
  if (!is_news.ok()) return Refuse(*core, command, is_news.status());
  if (!*is_news) return;
  store::Batch batch;
  if (is_set) {
    batch.emplace_back(store::PutReaction{reaction});
  } else {
    batch.emplace_back(store::EraseReaction{reaction});
  }
  core->env.store.Write(std::move(batch), [core, command, reaction](const absl::Status& status) {
    status.ok() ? TellReaction(*core, command, reaction) : Refuse(*core, command, status);
  });
}

void ReadKnown(const CorePtr& core, const Mark& command, const ReactionRecord& reaction) {
  core->env.store.ListReactions(
      {core->name, {{reaction.seq, reaction.seq + 1}}, kMaxOfMessage},
      [core, command, reaction](const absl::StatusOr<std::vector<ReactionRecord>>& known) {
        if (!known.ok()) return Refuse(*core, command, known.status());
        StoreReaction(core, command, reaction, *known);
      });
}

// The newest `most` numbers of `ranges`.
std::vector<SeqRange> NewestOf(std::vector<SeqRange> ranges, std::int64_t most) {
  std::vector<SeqRange> newest;
  for (auto range = ranges.rbegin(); range != ranges.rend() && most > 0; ++range) {
    range->low = static_cast<SeqId>(std::max<std::int64_t>(range->low, range->hi - most));
    most -= range->hi - range->low;
    newest.push_back(*range);
  }
  std::reverse(newest.begin(), newest.end());
  return newest;
}

struct Tally {
  std::string sign;
  std::int64_t count = 0;
  bool is_mine = false;
  std::vector<std::string> users;
};

// The reactions to one message, by sign in order of first use.
model::RawJson TalliesOf(const ChatCore& core, const Requester& from, const ReactionRecord* first,
                         const ReactionRecord* end) {
  std::vector<Tally> tallies;
  for (; first != end; ++first) {
    auto at = std::find_if(tallies.begin(), tallies.end(),
                           [&](const Tally& tally) { return tally.sign == first->sign; });
    if (at == tallies.end()) at = tallies.insert(at, Tally{first->sign, 0, false, {}});
    ++at->count;
    at->is_mine = at->is_mine || first->user == from.user;
    if (at->users.size() < kMaxUsersShown) at->users.push_back(core.TextOf(first->user));
  }
  model::RawJson list{"["};
  for (const Tally& tally : tallies) {
    model::JsonFields fields{{"sign", model::JsonText(tally.sign)},
                             {"count", model::JsonNumber(tally.count)}};
    if (tally.is_mine) fields.emplace_back("mine", model::RawJson{"true"});
    // Readers of a channel are not told who its members are.
    if (!from.as_reader) fields.emplace_back("users", model::JsonTextArray(tally.users));
    if (list.text.size() > 1) list.text += ',';
    list.text += model::JsonObject(fields).text;
  }
  list.text += ']';
  return list;
}

void SendReactions(ChatCore& core, const Requester& from,
                   const std::vector<ReactionRecord>& reactions) {
  model::JsonFields params{{"what", model::JsonText(kReact)}};
  if (reactions.empty()) return core.Reply(from, Fault::kNoContent, std::move(params));
  std::int64_t count = 0;
  const ReactionRecord* end = reactions.data() + reactions.size();
  while (end != reactions.data()) {
    const ReactionRecord* first = end - 1;
    while (first != reactions.data() && (first - 1)->seq == first->seq) --first;
    model::Info info;
    info.topic = from.topic_text;
    info.what = kReact;
    info.seq = first->seq;
    info.payload = TalliesOf(core, from, first, end);
    core.Send(from, std::move(info));
    ++count;
    end = first;
  }
  params.emplace_back("count", model::JsonNumber(count));
  core.Reply(from, Fault::kDelivered, std::move(params));
}

}  // namespace

bool IsReaction(const std::string& what) { return what == kReact || what == kUnreact; }

void HandleReaction(const CorePtr& core, const Mark& command) {
  const absl::StatusOr<ReactionRecord> reaction = ReadReaction(*core, command);
  if (!reaction.ok()) return Refuse(*core, command, reaction.status());
  store::MessageQuery query;
  query.topic = core->name;
  query.reader = command.from.user;
  query.ranges = {{reaction->seq, reaction->seq + 1}};
  query.limit = 1;
  core->env.store.ListMessages(
      std::move(query), [core, command, reaction = *reaction](
                            const absl::StatusOr<std::vector<store::MessageRecord>>& messages) {
        if (!messages.ok()) return Refuse(*core, command, messages.status());
        if (messages->empty()) {
          return Refuse(*core, command, Fail(Fault::kNotFound, "a deleted message"));
        }
        ReadKnown(core, command, reaction);
      });
}

void GetReactions(const CorePtr& core, const Requester& from, const model::GetOptions& options,
                  Sequence::Next next) {
  absl::StatusOr<std::vector<SeqRange>> ranges = RangesToRead(*core, from, options);
  if (!ranges.ok()) {
    core->Refuse(from, ranges.status());
    return next();
  }
  const std::int32_t most = MessagesPerPage(*core, options);
  store::ReactionQuery query{core->name, NewestOf(*std::move(ranges), most), most * kMaxOfMessage};
  if (query.ranges.empty()) {
    SendReactions(*core, from, {});
    return next();
  }
  core->env.store.ListReactions(
      std::move(query), [core, from, next = std::move(next)](
                            const absl::StatusOr<std::vector<ReactionRecord>>& reactions) mutable {
        if (reactions.ok()) {
          SendReactions(*core, from, *reactions);
        } else {
          core->Refuse(from, reactions.status());
        }
        next();
      });
}

}  // namespace molva::topic
