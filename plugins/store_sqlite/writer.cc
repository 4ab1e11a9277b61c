#include "writer.h"

#include <string>

namespace molva::store_sqlite {
namespace {

// Enough that the fsync is shared by many, small enough that the first waits only milliseconds.
constexpr std::size_t kMaxBatches = 256;
constexpr std::size_t kMaxBytes = 1 << 20;

}  // namespace

Writer::Writer(Connection& connection, sql_common::Intake& intake, sdk::Logger log)
    : connection_(connection),
      intake_(intake),
      log_(log),
      words_(connection),
      applier_(connection, words_),
      thread_([this] { Run(); }) {}

Writer::~Writer() { thread_.join(); }

void Writer::Run() {
  for (;;) {
    const std::vector<const molva_batch*> group =
        intake_.queue().TakeBatches(kMaxBatches, kMaxBytes);
    if (group.empty()) return;
    WriteGroup(group);
  }
}

Outcome Writer::Commit(const std::vector<const molva_batch*>& group,
                       std::vector<Outcome>& outcomes) {
  MOLVA_RETURN_UNLESS_OK(connection_.Run("BEGIN IMMEDIATE"));
  for (std::size_t i = 0; i < group.size(); ++i) {
    outcomes[i] = applier_.Apply(*group[i]);
    if (applier_.is_broken()) return outcomes[i];
  }
  MOLVA_RETURN_UNLESS_OK(applier_.Finish());
  MOLVA_RETURN_UNLESS_OK(words_.EraseSome());
  return connection_.Run("COMMIT");
}

void Writer::WriteGroup(const std::vector<const molva_batch*>& group) {
  std::vector<Outcome> outcomes(group.size());
  const Outcome fate = Commit(group, outcomes);
  if (fate.ok()) {
    if (is_failing_) log_.Info("the database can be written again");
    is_failing_ = false;
    commits_.fetch_add(1, std::memory_order_relaxed);
  } else {
    if (connection_.InTransaction()) {
      const Outcome undone = connection_.Execute("ROLLBACK");
      if (!undone.ok()) log_.Error("cannot roll back: " + undone.why);
    }
    applier_.Forget();
    if (!is_failing_) log_.Error("the database cannot be written: " + fate.why);
    is_failing_ = true;
    for (Outcome& outcome : outcomes) outcome = {MOLVA_UNAVAILABLE, fate.why};
  }
  intake_.AnswerBatches(group, outcomes);
}

}  // namespace molva::store_sqlite
