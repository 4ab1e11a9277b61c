// By which words messages are found: what each database does in its own way.
#pragma once

#include <cstdint>

#include "molva/store_plugin.h"
#include "sql_common/connection.h"
#include "sql_common/row_set.h"

namespace molva::sql_common {

// The words of messages, over one connection. The writer's changes them, a reader's searches.
//
// Thread: the connection's.
class WordIndex {
 public:
  virtual ~WordIndex() = default;

  // In place of those that the message had.
  virtual Outcome Put(std::int64_t topic, std::int32_t seq, molva_text words) = 0;
  virtual Outcome Erase(std::int64_t topic, std::int32_t seq) = 0;
  // The words of the messages in `range`, and of what has taken their place.
  virtual Outcome EraseRange(std::int64_t topic, const molva_range& range) = 0;
  // The first message of a topic comes: nothing of an erased one of that name may be left.
  virtual Outcome StartTopic(std::int64_t topic) = 0;
  // A transaction was undone: nothing remembered is true any more.
  virtual void Forget() = 0;

  // Adds those messages in `range` that MOLVA_FIND_WORDS asks for, newest first, until `rows` has
  // as many as the query wants.
  virtual Outcome Find(const molva_query& query, std::int64_t topic, const molva_range& range,
                       RowSet& rows) = 0;
};

// Adds a message whose columns are seq, created, sender, head and content.
void AddMessage(const Row& row, molva_text topic, RowSet& rows);

}  // namespace molva::sql_common
