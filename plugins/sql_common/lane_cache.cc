#include "sql_common/lane_cache.h"

namespace molva::sql_common {
namespace {

// No two different rows have the same key: the sizes say where a part ends.
void AppendPart(std::string& key, molva_text part) {
  key.append(std::to_string(part.size)).append(":").append(sdk::View(part));
}

}  // namespace

Outcome LaneCache::FindLane(std::int64_t topic, molva_text lane, Lane** row) {
  std::string key = std::to_string(topic);
  key.append("/").append(sdk::View(lane));
  *row = lanes_.Find(key);
  if (*row != nullptr) return Done();
  LaneState state;
  state.topic = topic;
  state.lane = sdk::Copy(lane);
  MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
      "SELECT n FROM lane WHERE topic = ? AND lane = ?",
      [&state](const Row& found) {
        state.n = found.Int64(0);
        return Next::kStop;
      },
      topic, Blob{lane}));
  *row = lanes_.Add(std::move(key), std::move(state));
  return Done();
}

Outcome LaneCache::FindDelivery(const molva_delivery& delivery, Delivery** row) {
  std::string key;
  AppendPart(key, delivery.topic);
  AppendPart(key, delivery.lane);
  AppendPart(key, delivery.peer);
  *row = deliveries_.Find(key);
  if (*row != nullptr) return Done();
  DeliveryState state;
  state.peer = sdk::Copy(delivery.peer);
  state.topic = sdk::Copy(delivery.topic);
  state.lane = sdk::Copy(delivery.lane);
  MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
      "SELECT through, acked FROM delivery WHERE peer = ? AND topic = ? AND lane = ?",
      [&state](const Row& found) {
        state.through = found.Int64(0);
        state.acked = found.Int64(1);
        state.exists = true;
        return Next::kStop;
      },
      Blob{delivery.peer}, Blob{delivery.topic}, Blob{delivery.lane}));
  *row = deliveries_.Add(std::move(key), std::move(state));
  return Done();
}

Outcome LaneCache::WriteAll() {
  MOLVA_RETURN_UNLESS_OK(lanes_.WriteAll([this](LaneState& lane) {
    const Blob name{sdk::Text(lane.lane)};
    const Blob hash{sdk::Text(lane.hash)};
    if (!lane.note.has_value()) {
      return connection_.Run(
          "INSERT INTO lane (topic, lane, n, hash, note) VALUES (?, ?, ?, ?, ?)"
          " ON CONFLICT (topic, lane) DO UPDATE SET n = excluded.n, hash = excluded.hash",
          lane.topic, name, lane.n, hash, Blob{});
    }
    const std::string note = *std::exchange(lane.note, std::nullopt);
    return connection_.Run(
        "INSERT INTO lane (topic, lane, n, hash, note) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (topic, lane) DO UPDATE SET n = excluded.n, hash = excluded.hash,"
        " note = excluded.note",
        lane.topic, name, lane.n, hash, Blob{sdk::Text(note)});
  }));
  return deliveries_.WriteAll([this](const DeliveryState& delivery) {
    return connection_.Run(
        "INSERT INTO delivery (peer, topic, lane, through, acked) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (peer, topic, lane) DO UPDATE SET through = excluded.through,"
        " acked = excluded.acked",
        Blob{sdk::Text(delivery.peer)}, Blob{sdk::Text(delivery.topic)},
        Blob{sdk::Text(delivery.lane)}, delivery.through, delivery.acked);
  });
}

void LaneCache::StartBatch() {
  lanes_.StartBatch();
  deliveries_.StartBatch();
}

void LaneCache::ForgetTouched() {
  lanes_.ForgetTouched();
  deliveries_.ForgetTouched();
}

void LaneCache::ForgetAll() {
  lanes_.ForgetAll();
  deliveries_.ForgetAll();
}

}  // namespace molva::sql_common
