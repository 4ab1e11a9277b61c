#include "federation/peer/outflow.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "federation/peer/lane_reader.h"
#include "federation/peer/signatures.h"
#include "topic/remote/planted_bugs.h"
#include "wire/json_value.h"

namespace molva::federation {
namespace {

constexpr std::size_t kBatchBytes = 512 * 1024;
constexpr std::size_t kBatchFraming = 256;  // key, signature and the like
constexpr std::int32_t kRowsPerPage = 1024;
constexpr std::size_t kResumeTopics = 2048;
constexpr int kJsonDepth = 32;

bool IsRefusalWord(std::string_view word) {
  for (int value = 0; value <= static_cast<int>(topic::Refusal::kMalformed); ++value) {
    if (topic::WordOf(static_cast<topic::Refusal>(value)) == word) return true;
  }
  return false;
}

// A row that says something about `kind` only.
TopicProgress ProgressOf(std::string topic, topic::LaneKind kind, std::int64_t n) {
  constexpr std::int64_t kNothingSaid = -1;
  return {std::move(topic),
          kind == topic::LaneKind::kChain ? n : kNothingSaid,
          kind == topic::LaneKind::kProposals ? n : kNothingSaid,
          {}};
}

}  // namespace

Outflow::Outflow(const PeerEnv& env, const std::string& domain, Link& link, PeerStats& stats)
    : env_(env), domain_(domain), link_(link), stats_(stats) {}

Outflow::~Outflow() {
  for (const runtime::TimerId timer : {confirm_timer_, wake_timer_, load_timer_}) {
    env_.shard.CancelTimer(timer);
  }
}

void Outflow::Begin(std::uint64_t credit,
                    const std::vector<std::pair<LaneKey, std::int64_t>>& progress) {
  constexpr std::uint64_t kMostCredit = 1ULL << 40;
  credit_ = static_cast<std::int64_t>(std::min(credit, kMostCredit));
  has_resumed_ = false;
  is_resuming_ = true;
  refusals_.clear();
  questions_.clear();
  notes_.clear();
  acks_.Restart();
  statuses_.Restart();
  Resume resume;
  for (const auto& [key, n] : progress) {
    resume.topics.push_back(ProgressOf(env_.names.GlobalNameOf(key.topic), key.kind, n));
    if (resume.topics.size() < kResumeTopics) continue;
    link_.Send(EncodeFrame(resume));
    resume.topics.clear();
  }
  link_.Send(EncodeFrame(resume));
  lanes_.Restart();
  LoadDeliveries();
}

void Outflow::End() {
  has_resumed_ = false;
  notes_.clear();
  lanes_.Halt();
  Confirm();
}

void Outflow::LoadDeliveries() {
  ++epoch_;
  is_loaded_ = false;
  LoadPage({}, {});
}

void Outflow::LoadPage(std::string after_topic, std::string after_lane) {
  env_.store.ListDeliveries({domain_, std::move(after_topic), std::move(after_lane), kRowsPerPage},
                            [self = std::weak_ptr(self_), epoch = epoch_](
                                const absl::StatusOr<std::vector<store::DeliveryRecord>>& rows) {
                              if (const auto outflow = self.lock())
                                (*outflow)->OnDeliveries(epoch, rows);
                            });
}

void Outflow::OnDeliveries(std::uint64_t epoch,
                           const absl::StatusOr<std::vector<store::DeliveryRecord>>& rows) {
  if (epoch != epoch_) return;
  if (!rows.ok()) return LoadLater();
  for (const store::DeliveryRecord& row : *rows) {
    const bool is_chain = row.lane == store::kChainLane;
    if (!is_chain && row.lane != store::kProposalLane) continue;
    lanes_.Load(row, {row.topic, is_chain ? topic::LaneKind::kChain : topic::LaneKind::kProposals});
  }
  if (static_cast<std::int32_t>(rows->size()) == kRowsPerPage) {
    return LoadPage(rows->back().topic.ToString(), rows->back().lane);
  }
  is_loaded_ = true;
  if (lanes_.pending() > 0) link_.Want();
  Schedule();
}

void Outflow::LoadLater() {
  base::LogWarning("what a peer must get cannot be read; trying again", {{"peer", domain_}});
  env_.shard.CancelTimer(load_timer_);
  load_timer_ = env_.shard.StartTimer(absl::Seconds(1), [self = std::weak_ptr(self_)] {
    if (const auto outflow = self.lock()) (*outflow)->LoadDeliveries();
  });
}

void Outflow::Deliver(LaneKey key, topic::LaneItemPtr item) {
  lanes_.Add(key, std::move(item));
  link_.Want();
  Schedule();
}

void Outflow::Acknowledge(LaneKey key, std::int64_t through, std::vector<topic::Outcome> outcomes) {
  if (!link_.is_up()) return;  // the Resume says it
  acks_.Add(key, through, std::move(outcomes));
  Schedule();
}

void Outflow::Refuse(LaneKey key, std::int64_t n, topic::Refusal why) {
  if (!link_.is_up()) return;
  refusals_[key] = {n, why};
  Schedule();
}

void Outflow::AskAgain(LaneKey key, std::int64_t after) {
  if (!link_.is_up()) return;
  questions_[key] = after;
  Schedule();
}

void Outflow::Note(NoteFrame note) {
  if (!link_.is_up()) return;
  if (notes_.size() >= kMaxNotes) {
    ++stats_.notes_dropped;
    return;
  }
  notes_.push_back(std::move(note));
  Schedule();
}

void Outflow::SendNow(std::string frame) {
  if (link_.is_up()) link_.Send(std::move(frame));
}

std::optional<LaneKey> Outflow::KeyOf(const std::string& global, topic::LaneKind kind) const {
  if (!env_.names.Knows(global)) return std::nullopt;
  const absl::StatusOr<model::TopicName> topic = env_.names.TopicOfGlobal(global);
  if (!topic.ok()) return std::nullopt;
  return LaneKey{*topic, kind};
}

// The first Resume of a link states what is on the peer's disk, which is as good as an
// acknowledgement. That of proposals has outcomes beside it, so what lies between is sent again.
// Later ones ask for what is behind.
void Outflow::TakeResume(const Resume& resume) {
  has_resumed_ = true;
  if (!topic::Planted(topic::PlantedBug::kForgetResume)) {
    for (const TopicProgress& row : resume.topics) {
      const auto chain = KeyOf(row.topic, topic::LaneKind::kChain);
      if (!chain.has_value()) continue;
      const LaneKey proposals{chain->topic, topic::LaneKind::kProposals};
      if (row.events >= 0) {
        if (is_resuming_) TakeProgress(*chain, row.events);
        lanes_.Rewind(*chain, row.events, env_.shard.Now());
      }
      if (row.proposals >= 0) lanes_.Rewind(proposals, row.proposals, env_.shard.Now());
    }
  }
  WakeLater();
  Schedule();
}

void Outflow::TakeProgress(LaneKey key, std::int64_t n) {
  if (lanes_.Acknowledge(key, n)) ConfirmLater();
}

void Outflow::TakeAck(const Ack& ack) {
  wire::JsonValueChecker checker(kJsonDepth);
  for (const TopicProgress& row : ack.topics) {
    const auto chain = KeyOf(row.topic, topic::LaneKind::kChain);
    if (!chain.has_value()) continue;
    if (row.events > 0) TakeProgress(*chain, row.events);
    if (row.proposals <= 0) continue;
    const bool is_news =
        lanes_.Acknowledge({chain->topic, topic::LaneKind::kProposals}, row.proposals);
    if (!is_news && row.outcomes.empty()) continue;
    topic::PeerTook took{domain_, row.proposals, {}};
    for (topic::Outcome outcome : row.outcomes) {
      const std::string params = std::exchange(outcome.params.text, {});
      if (!checker.Read(params, outcome.params).ok()) outcome.params = {};
      took.outcomes.push_back(std::move(outcome));
    }
    env_.topics.Send(chain->topic, std::move(took));
  }
  Schedule();
}

void Outflow::TakeRefusal(const RefusalFrame& refusal) {
  const auto key = KeyOf(refusal.topic, refusal.kind);
  if (!key.has_value()) return;
  constexpr std::size_t kLongestWord = 64;
  const std::string word = refusal.reason.substr(0, kLongestWord);
  ++stats_.refused_us[IsRefusalWord(word) ? word : "other"];
  base::LogWarning("a peer refuses an entry", {{"peer", domain_},
                                               {"topic", refusal.topic},
                                               {"n", fmt::to_string(refusal.n)},
                                               {"reason", word}});
  // It has the home; our chain of this topic is over.
  const bool is_not_home = word == topic::WordOf(topic::Refusal::kNotHome);
  if (is_not_home && refusal.kind == topic::LaneKind::kChain) {
    lanes_.Forget(*key);
  } else {
    lanes_.Stop(*key, refusal.n);
  }
  env_.topics.Send(key->topic, topic::PeerRefused{domain_, refusal.kind, refusal.n, word});
}

void Outflow::TakeCredit(std::uint64_t bytes) {
  constexpr std::uint64_t kMostAtOnce = 1ULL << 40;
  constexpr std::int64_t kMost = 1LL << 41;
  credit_ = std::min(kMost, credit_ + static_cast<std::int64_t>(std::min(bytes, kMostAtOnce)));
  Schedule();
}

void Outflow::Schedule() {
  if (!link_.is_up() || std::exchange(is_scheduled_, true)) return;
  env_.shard.Post([self = std::weak_ptr(self_)] {
    if (const auto outflow = self.lock()) (*outflow)->Flush();
  });
}

void Outflow::Flush() {
  is_scheduled_ = false;
  if (!link_.is_up()) return;
  FlushRows();
  if (!is_open()) return;
  Read();
  FlushBatches();
}

void Outflow::FlushRows() {
  for (auto at = refusals_.begin(); link_.has_room() && at != refusals_.end();) {
    const auto& [key, refusal] = *at;
    link_.Send(EncodeFrame(RefusalFrame{env_.names.GlobalNameOf(key.topic), key.kind, refusal.first,
                                        std::string(topic::WordOf(refusal.second))}));
    at = refusals_.erase(at);
  }
  while (link_.has_room() && !questions_.empty()) {
    Resume resume;
    while (!questions_.empty() && resume.topics.size() < kResumeTopics) {
      const auto [key, after] = *questions_.begin();
      questions_.erase(questions_.begin());
      resume.topics.push_back(ProgressOf(env_.names.GlobalNameOf(key.topic), key.kind, after));
    }
    link_.Send(EncodeFrame(resume));
  }
  while (link_.has_room() && !acks_.empty()) link_.Send(EncodeFrame(acks_.Take(env_.names)));
  while (link_.has_room() && !statuses_.empty()) {
    const Presence presence = statuses_.Take(env_.names);
    stats_.out.statuses += presence.entries.size();
    link_.Send(EncodeFrame(presence));
  }
  if (link_.has_room() && !notes_.empty()) {
    stats_.out.notes += notes_.size();
    link_.Send(EncodeFrame(Notes{std::exchange(notes_, {})}));
  }
}

void Outflow::FlushBatches() {
  while (link_.has_room() && lanes_.has_ready()) {
    const std::vector<OutgoingItem> items = Gather();
    if (items.empty()) break;
    std::string frame = SignBatch(env_.policy.key, env_.names.domain(), items);
    credit_ -= static_cast<std::int64_t>(frame.size());
    ++stats_.out.batches;
    stats_.out.items += items.size();
    link_.Send(std::move(frame));
    Read();
  }
}

// What goes into the next batch; nothing if the credit does not reach for one entry.
std::vector<OutgoingItem> Outflow::Gather() {
  std::vector<OutgoingItem> items;
  std::size_t bytes = kBatchFraming;
  const auto credit = static_cast<std::size_t>(std::max<std::int64_t>(0, credit_));
  while (items.size() < kMaxItemsPerBatch && bytes < kBatchBytes) {
    const std::size_t most = std::min(kMaxFrameBytes, credit);
    if (most <= bytes) break;
    std::optional<OutgoingItem> item = lanes_.TakeNext(most - bytes);
    if (!item.has_value()) break;
    bytes += SizeInBatch(*item->item);
    items.push_back(*std::move(item));
  }
  return items;
}

void Outflow::Read() {
  while (const std::optional<OutgoingLanes::Read> read = lanes_.NextRead()) {
    env_.store.ListEntries(
        {read->key.topic, read->key.lane(), read->after,
         static_cast<std::int32_t>(kMaxItemsPerBatch), static_cast<std::int64_t>(kBatchBytes)},
        [self = std::weak_ptr(self_),
         read = *read](absl::StatusOr<std::vector<store::StoredEntry>> entries) {
          const auto outflow = self.lock();
          if (outflow == nullptr) return;
          Outflow& me = **outflow;
          if (entries.ok()) {
            const absl::Time oldest = me.env_.shard.Now() - me.env_.options.give_up_after;
            me.lanes_.Loaded(read, MakeItems(me.env_.names, read.key, *std::move(entries), oldest));
          } else {
            base::LogWarning("entries for a peer cannot be read; trying again",
                             {{"peer", me.domain_}});
            me.lanes_.ReadFailed(read, me.env_.shard.Now());
            me.WakeLater();
          }
          me.Schedule();
        });
  }
}

void Outflow::WakeLater() {
  env_.shard.CancelTimer(wake_timer_);
  const absl::Time next = lanes_.Wake(env_.shard.Now());
  if (next == absl::InfiniteFuture()) return;
  wake_timer_ = env_.shard.StartTimer(next - env_.shard.Now(), [self = std::weak_ptr(self_)] {
    const auto outflow = self.lock();
    if (outflow == nullptr) return;
    (*outflow)->WakeLater();
    (*outflow)->Schedule();
  });
}

void Outflow::ConfirmLater() {
  if (confirm_timer_ != runtime::TimerId::kNone) return;
  confirm_timer_ = env_.shard.StartTimer(kConfirmDelay, [self = std::weak_ptr(self_)] {
    if (const auto outflow = self.lock()) (*outflow)->Confirm();
  });
}

void Outflow::Confirm() {
  env_.shard.CancelTimer(std::exchange(confirm_timer_, runtime::TimerId::kNone));
  if (!lanes_.has_confirmations()) return;
  env_.store.Write(lanes_.TakeConfirmations(domain_),
                   [domain = domain_](const absl::Status& status) {
                     if (status.ok()) return;
                     // The peer gets it once more after the next reconnect, and passes it over.
                     base::LogWarning("acknowledgements of a peer were not stored",
                                      {{"peer", domain}, {"why", std::string(status.message())}});
                   });
}

}  // namespace molva::federation
