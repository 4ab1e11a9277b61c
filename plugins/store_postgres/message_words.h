// The words of messages as lexemes under a GIN index.
#pragma once

#include "connection.h"
#include "sql_common/word_index.h"

namespace molva::store_postgres {

// The index finds the messages that have all words; the words in a row are then looked for in the
// text. So a word may stand in a message any number of times, at any place.
class MessageWords final : public sql_common::WordIndex {
 public:
  explicit MessageWords(Connection& connection) : connection_(connection) {}

  Outcome Put(std::int64_t topic, std::int32_t seq, molva_text words) override;
  Outcome Erase(std::int64_t topic, std::int32_t seq) override;
  Outcome EraseRange(std::int64_t topic, const molva_range& range) override;
  Outcome StartTopic(std::int64_t /*topic*/) override { return Done(); }
  void Forget() override {}
  Outcome Find(const molva_query& query, std::int64_t topic, const molva_range& range,
               sql_common::RowSet& rows) override;

 private:
  Connection& connection_;
};

}  // namespace molva::store_postgres
