// The way of batches and queries through a store: in, refused if too many, answered.
#pragma once

#include <cstddef>
#include <vector>

#include "molva/store_plugin.h"
#include "sql_common/outcome.h"
#include "sql_common/queue.h"
#include "sql_common/reader.h"

namespace molva::sql_common {

// Thread:  any.
// Borrows: `client`.
class Intake {
 public:
  Intake(const molva_store_client& client, std::size_t max_waiting)
      : client_(client), queue_(max_waiting) {}

  Queue& queue() { return queue_; }
  // Answers those for which there is no room.
  void Submit(const molva_batch* batches, std::size_t count);
  void Query(const molva_query& query);

  // Answers batches that were taken together, then lets the queries behind them go.
  void AnswerBatches(const std::vector<const molva_batch*>& group,
                     const std::vector<Outcome>& outcomes) {
    TellBatches(group, outcomes);
    queue_.FinishBatches(group.size());
  }
  // The first half of it.
  void TellBatches(const std::vector<const molva_batch*>& group,
                   const std::vector<Outcome>& outcomes);
  void AnswerQuery(const molva_query& query, const Outcome& outcome, RowSet& rows);
  // Takes queries and answers them until the queue is closed and drained.
  void ServeQueries(Reader& reader);

 private:
  const molva_store_client& client_;
  Queue queue_;
};

}  // namespace molva::sql_common
