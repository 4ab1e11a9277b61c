// The words of messages in a table of FTS5.
#pragma once

#include "connection.h"
#include "sql_common/word_index.h"

namespace molva::store_sqlite {

// A message's row has the number topic << 32 | seq. Many words are erased in pieces, with later
// commits, so that nobody waits for them.
class MessageWords final : public sql_common::WordIndex {
 public:
  explicit MessageWords(Connection& connection) : connection_(connection) {}

  Outcome Put(std::int64_t topic, std::int32_t seq, molva_text words) override;
  Outcome Erase(std::int64_t topic, std::int32_t seq) override;
  Outcome EraseRange(std::int64_t topic, const molva_range& range) override;
  Outcome StartTopic(std::int64_t topic) override;
  void Forget() override { has_to_erase_ = true; }
  Outcome Find(const molva_query& query, std::int64_t topic, const molva_range& range,
               sql_common::RowSet& rows) override;

  // Goes on with what earlier commits left to erase; call before COMMIT.
  Outcome EraseSome();

 private:
  Connection& connection_;
  bool has_to_erase_ = true;  // until looked
};

}  // namespace molva::store_sqlite
