#include "writer.h"

#include <string>
#include <utility>

namespace molva::store_postgres {
namespace {

// Enough that the round trip and the fsync are shared by many, small enough that the first waits
// only milliseconds.
constexpr std::size_t kMaxBatches = 256;
constexpr std::size_t kMaxBytes = 1 << 20;
constexpr std::chrono::milliseconds kTick(20);
// How long a closing store tries to learn what became of its last batches.
constexpr std::chrono::milliseconds kClosingPatience(5000);

}  // namespace

Writer::Writer(const Target& target, Connection& connection, Claim& claim,
               sql_common::Intake& intake, Health& health, sdk::Logger log)
    : connection_(connection),
      intake_(intake),
      health_(health),
      log_(log),
      claim_(claim),
      healer_(target, connection, claim, log),
      words_(connection),
      applier_(connection, words_),
      thread_([this] { Run(); }) {}

void Writer::Run() {
  for (;;) {
    if (health_.is_down()) {
      if (!RunDown()) return;
      continue;
    }
    const Group group = intake_.queue().TakeBatches(kMaxBatches, kMaxBytes);
    if (group.empty()) return;
    WriteGroup(group);
  }
}

Outcome Writer::ApplyAll(const Group& group, std::vector<Outcome>& outcomes) {
  for (std::size_t i = 0; i < group.size(); ++i) {
    outcomes[i] = applier_.Apply(*group[i]);
    if (applier_.is_broken()) return outcomes[i];
  }
  MOLVA_RETURN_UNLESS_OK(applier_.Finish());
  // The number of this transaction; of another node's epoch NULL, which the column does not take.
  return connection_.Run("UPDATE writer SET commits = CASE WHEN epoch = ? THEN ? END",
                         claim_.epoch(), commits_ + 1);
}

Fate Writer::Commit(const Group& group, std::vector<Outcome>& outcomes, Outcome* why) {
  *why = connection_.Begin();
  if (why->ok()) *why = ApplyAll(group, outcomes);
  Fate fate = Fate::kUndone;
  if (why->ok()) {
    ++commits_;
    fate = connection_.Commit(why);
  }
  if (fate == Fate::kUndone) {
    const Outcome undone = connection_.Rollback();
    if (!undone.ok()) log_.Warning("cannot roll back: " + undone.why);
  }
  if (fate != Fate::kCommitted) applier_.Forget();
  return fate;
}

void Writer::CommitOneByOne(const Group& group) {
  for (std::size_t i = 0; i < group.size(); ++i) WriteGroup({group[i]});
}

void Writer::WriteGroup(const Group& group) {
  std::vector<Outcome> outcomes(group.size());
  if (health_.is_down()) {
    outcomes.assign(group.size(), down_);
    intake_.AnswerBatches(group, outcomes);
    return;
  }
  Outcome why;
  const Fate fate = Commit(group, outcomes, &why);
  const bool is_refused =
      fate == Fate::kUndone && connection_.is_open() && why.code != MOLVA_UNAVAILABLE;
  if (is_refused && group.size() > 1) {
    CommitOneByOne(group);
    return;
  }
  if (fate == Fate::kCommitted) {
    if (std::exchange(is_failing_, false)) log_.Info("the database can be written again");
  } else if (is_refused) {
    log_.Error("the database does not take a batch: " + why.why);
    outcomes[0] = why;
  } else {
    if (!std::exchange(is_failing_, true)) {
      log_.Error("the database cannot be written: " + why.why);
    }
    if (fate == Fate::kUndone) outcomes.assign(group.size(), {MOLVA_UNAVAILABLE, why.why});
  }
  if (!connection_.is_open()) GoDown(why);  // before any query is let go
  if (fate == Fate::kUnknown) {
    unsettled_ = group;
    unsettled_outcomes_ = std::move(outcomes);
    intake_.queue().FinishBatches(group.size());
  } else {
    intake_.AnswerBatches(group, outcomes);
  }
}

void Writer::GoDown(const Outcome& why) {
  health_.SetDown();
  down_ = {MOLVA_UNAVAILABLE, "the database cannot be reached: " + why.why};
  healer_.Start();
}

bool Writer::RunDown() {
  bool is_drained = false;
  const Group group = intake_.queue().TakeBatches(kMaxBatches, kMaxBytes, kTick, &is_drained);
  if (!group.empty()) {
    intake_.AnswerBatches(group, std::vector<Outcome>(group.size(), down_));
  }
  const bool is_over = healer_.IsOver(
      is_drained && !unsettled_.empty() ? kClosingPatience : std::chrono::milliseconds(0));
  if (is_over && healer_.outcome().ok()) ComeBack();
  if (is_over && healer_.outcome().code == MOLVA_ABORTED) {
    if (down_.why != healer_.outcome().why) log_.Error(healer_.outcome().why);
    down_ = {MOLVA_UNAVAILABLE, healer_.outcome().why};
    Settle({MOLVA_INTERNAL, "another node has taken the database before this was settled"});
  }
  if (!is_drained) return true;
  healer_.Stop();
  Settle({MOLVA_INTERNAL, "the database went away, and it is not known whether this was stored"});
  return false;
}

void Writer::ComeBack() {
  // A transaction whose number is there was committed; no other writes numbers.
  const bool is_stored = healer_.commits() == commits_;
  if (!unsettled_.empty()) {
    log_.Info(is_stored ? "the last batches before the loss of the connection are stored"
                        : "the last batches before the loss of the connection are not stored");
    Settle(is_stored ? Done() : down_);
  }
  applier_.Forget();
  log_.Info("the database can be reached again");
  health_.SetUp();
}

void Writer::Settle(const Outcome& fate) {
  if (unsettled_.empty()) return;
  if (!fate.ok()) unsettled_outcomes_.assign(unsettled_.size(), fate);
  intake_.TellBatches(std::exchange(unsettled_, {}), std::exchange(unsettled_outcomes_, {}));
}

}  // namespace molva::store_postgres
