// What the writer remembers of lanes and deliveries, so that an entry costs one INSERT.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "molva/store_plugin.h"
#include "sql_common/connection.h"
#include "sql_common/write_back.h"

namespace molva::sql_common {

// The head of a lane. `n` is true; the rest is what has to be written.
struct LaneState {
  std::int64_t topic = 0;  // in topic_key
  std::string lane;
  std::int64_t n = 0;  // 0: there is no such lane, or it is empty
  std::string hash;
  std::optional<std::string> note;  // none: stays as it is
};

// How far a peer has come in a lane.
struct DeliveryState {
  std::string peer;
  std::string topic;
  std::string lane;
  std::int64_t through = 0;
  std::int64_t acked = 0;
  bool exists = false;
};

// Thread: the writer's.
class LaneCache {
 public:
  using Lane = WriteBack<LaneState>::Row;
  using Delivery = WriteBack<DeliveryState>::Row;

  explicit LaneCache(Connection& connection) : connection_(connection) {}

  // Sets *row. Valid until the next Forget… or WriteAll.
  Outcome FindLane(std::int64_t topic, molva_text lane, Lane** row);
  Outcome FindDelivery(const molva_delivery& delivery, Delivery** row);
  void MarkChanged(Lane& row) { lanes_.MarkChanged(row); }
  void MarkChanged(Delivery& row) { deliveries_.MarkChanged(row); }
  // Writes what is changed.
  Outcome WriteAll();

  // As in WriteBack.
  void StartBatch();
  void ForgetTouched();
  void ForgetAll();

 private:
  Connection& connection_;
  WriteBack<LaneState> lanes_;
  WriteBack<DeliveryState> deliveries_;
};

}  // namespace molva::sql_common
