#include "plugin/lane_changes.h"

namespace molva::plugin {
namespace {

molva_lane* MakeLane(model::TopicName topic, const std::string& lane, Arena& arena) {
  auto* c = arena.Make<molva_lane>();
  c->topic = arena.Keep(topic.ToString());
  c->lane = sdk::Text(lane);
  return c;
}

molva_delivery* MakeDelivery(const store::DeliveryRecord& delivery, Arena& arena) {
  auto* c = arena.Make<molva_delivery>();
  c->peer = sdk::Text(delivery.peer);
  c->topic = arena.Keep(delivery.topic.ToString());
  c->lane = sdk::Text(delivery.lane);
  return c;
}

}  // namespace

Change ToChange(const store::AppendEntry& append, absl::Time, Arena& arena) {
  const store::EntryRecord& entry = append.entry;
  auto* c = arena.Make<molva_entry>();
  c->topic = arena.Keep(entry.topic.ToString());
  c->lane = sdk::Text(entry.lane);
  c->n = entry.n;
  c->seq = entry.seq;
  c->body = sdk::Text(entry.body);
  c->proof = sdk::Text(entry.proof);
  c->cause = sdk::Text(entry.cause);
  c->cause_proof = sdk::Text(entry.cause_proof);
  c->payload = sdk::Text(entry.payload);
  c->hash = sdk::Text(append.hash);
  return {MOLVA_APPEND_ENTRY, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::PutLane& put, absl::Time, Arena& arena) {
  molva_lane* c = MakeLane(put.lane.topic, put.lane.lane, arena);
  c->n = put.lane.n;
  c->expected = put.expected;
  c->hash = sdk::Text(put.lane.hash);
  c->note = sdk::Text(put.lane.note);
  return {MOLVA_PUT_LANE, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::EraseEntries& erase, absl::Time, Arena& arena) {
  molva_lane* c = MakeLane(erase.topic, erase.lane, arena);
  c->n = erase.through;
  return {MOLVA_ERASE_ENTRIES, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::DropLane& drop, absl::Time, Arena& arena) {
  return {MOLVA_DROP_LANE, MOLVA_EXPECT_ANYTHING, MakeLane(drop.topic, drop.lane, arena)};
}

Change ToChange(const store::RequestDelivery& request, absl::Time, Arena& arena) {
  molva_delivery* c = MakeDelivery(request.delivery, arena);
  c->through = request.delivery.through;
  return {MOLVA_REQUEST_DELIVERY, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::ConfirmDelivery& confirm, absl::Time, Arena& arena) {
  molva_delivery* c = MakeDelivery(confirm.delivery, arena);
  c->acked = confirm.delivery.acked;
  return {MOLVA_CONFIRM_DELIVERY, MOLVA_EXPECT_ANYTHING, c};
}

}  // namespace molva::plugin
