// The changes to lanes, their entries and deliveries. Heads and deliveries are only remembered
// here; Finish writes them.
#include <algorithm>

#include "sql_common/applier.h"

namespace molva::sql_common {
namespace {

Outcome OutOfPlace(const char* what, std::int64_t wanted, std::int64_t last) {
  return {MOLVA_ABORTED, std::string(what) + " " + std::to_string(wanted) +
                             " does not fit a lane that is at " + std::to_string(last)};
}

}  // namespace

Outcome Applier::AppendEntry(const molva_entry& entry) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.FindOrMake(entry.topic, &topic));
  LaneCache::Lane* lane = nullptr;
  MOLVA_RETURN_UNLESS_OK(lanes_.FindLane(topic->id, entry.lane, &lane));
  if (entry.n != lane->state.n + 1) return OutOfPlace("entry", entry.n, lane->state.n);
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "INSERT INTO entry (topic, lane, n, seq, body, proof, cause, cause_proof, payload)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      topic->id, Blob{entry.lane}, entry.n, entry.seq, Blob{entry.body}, Blob{entry.proof},
      Blob{entry.cause}, Blob{entry.cause_proof}, Blob{entry.payload}));
  lane->state.n = entry.n;
  lane->state.hash = sdk::View(entry.hash);
  lanes_.MarkChanged(*lane);
  return Done();
}

Outcome Applier::PutLane(const molva_lane& put) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.FindOrMake(put.topic, &topic));
  LaneCache::Lane* lane = nullptr;
  MOLVA_RETURN_UNLESS_OK(lanes_.FindLane(topic->id, put.lane, &lane));
  if (put.expected != lane->state.n) return OutOfPlace("expectation", put.expected, lane->state.n);
  if (put.n < lane->state.n) {
    MOLVA_RETURN_UNLESS_OK(
        connection_.Run("DELETE FROM entry WHERE topic = ? AND lane = ? AND n > ?", topic->id,
                        Blob{put.lane}, put.n));
  }
  lane->state.n = put.n;
  lane->state.hash = sdk::View(put.hash);
  lane->state.note = sdk::Copy(put.note);
  lanes_.MarkChanged(*lane);
  return Done();
}

Outcome Applier::EraseEntries(const molva_lane& erase) {
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(erase.topic, &topic));
  if (topic == nullptr) return Done();
  return connection_.Run("DELETE FROM entry WHERE topic = ? AND lane = ? AND n <= ?", topic->id,
                         Blob{erase.lane}, erase.n);
}

Outcome Applier::DropLane(const molva_lane& drop) {
  // Rare, and it meets any number of deliveries: leaves nothing remembered that could come back.
  MOLVA_RETURN_UNLESS_OK(lanes_.WriteAll());
  lanes_.ForgetAll();
  // Walks over the peers, of which there are few, as there is no index by topic.
  MOLVA_RETURN_UNLESS_OK(connection_.Run(
      "WITH RECURSIVE peers (peer) AS ("
      "SELECT (SELECT peer FROM delivery ORDER BY peer LIMIT 1) UNION ALL"
      " SELECT (SELECT d.peer FROM delivery d WHERE d.peer > peers.peer ORDER BY d.peer LIMIT 1)"
      " FROM peers WHERE peers.peer IS NOT NULL)"
      " DELETE FROM delivery WHERE peer IN (SELECT peer FROM peers) AND topic = ? AND lane = ?",
      Blob{drop.topic}, Blob{drop.lane}));
  TopicState* topic = nullptr;
  MOLVA_RETURN_UNLESS_OK(topics_.Find(drop.topic, &topic));
  if (topic == nullptr) return Done();
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM entry WHERE topic = ? AND lane = ?",
                                         topic->id, Blob{drop.lane}));
  return connection_.Run("DELETE FROM lane WHERE topic = ? AND lane = ?", topic->id,
                         Blob{drop.lane});
}

Outcome Applier::RequestDelivery(const molva_delivery& request) {
  LaneCache::Delivery* delivery = nullptr;
  MOLVA_RETURN_UNLESS_OK(lanes_.FindDelivery(request, &delivery));
  const bool raises = request.through > delivery->state.through;
  if (delivery->state.exists && !raises) return Done();
  delivery->state.exists = true;
  delivery->state.through = std::max(delivery->state.through, request.through);
  lanes_.MarkChanged(*delivery);
  return Done();
}

Outcome Applier::ConfirmDelivery(const molva_delivery& confirm) {
  LaneCache::Delivery* delivery = nullptr;
  MOLVA_RETURN_UNLESS_OK(lanes_.FindDelivery(confirm, &delivery));
  const std::int64_t acked = std::min(confirm.acked, delivery->state.through);
  if (!delivery->state.exists || acked <= delivery->state.acked) return Done();
  delivery->state.acked = acked;
  lanes_.MarkChanged(*delivery);
  return Done();
}

}  // namespace molva::sql_common
