// Rows of a storage plugin that are not what they should be.
#include "plugin/store_rows.h"

#include <cstddef>
#include <cstring>
#include <vector>

#include "molva/plugin.hpp"
#include "tests/support/catch.h"

namespace molva::plugin {
namespace {

const std::string kTopic = model::TopicName::Group(7).ToString();

molva_lane Lane(std::int64_t n) {
  auto lane = sdk::Sized<molva_lane>();
  lane.topic = sdk::Text(kTopic);
  lane.n = n;
  return lane;
}

molva_entry Entry(std::int64_t n) {
  auto entry = sdk::Sized<molva_entry>();
  entry.topic = sdk::Text(kTopic);
  entry.n = n;
  return entry;
}

molva_delivery Delivery(std::int64_t through, std::int64_t acked) {
  auto delivery = sdk::Sized<molva_delivery>();
  delivery.peer = sdk::Text("b.example");
  delivery.topic = sdk::Text(kTopic);
  delivery.through = through;
  delivery.acked = acked;
  return delivery;
}

Rows Of(const std::vector<molva_row>& rows) { return {rows.data(), rows.size()}; }

molva_row WithLane(const molva_lane& lane) {
  auto row = sdk::Sized<molva_row>();
  row.lane = &lane;
  return row;
}

molva_row WithEntry(const molva_entry& entry) {
  auto row = sdk::Sized<molva_row>();
  row.entry = &entry;
  return row;
}

molva_row WithDelivery(const molva_delivery& delivery) {
  auto row = sdk::Sized<molva_row>();
  row.delivery = &delivery;
  return row;
}

TEST_CASE("rows without their part are refused") {
  const std::vector<molva_row> rows(2, sdk::Sized<molva_row>());
  CHECK(absl::IsDataLoss(ReadLanes(Of(rows)).status()));
  CHECK(absl::IsDataLoss(ReadEntries(Of(rows)).status()));
  CHECK(absl::IsDataLoss(ReadDeliveries(Of(rows)).status()));
  CHECK(absl::IsDataLoss(ReadForeignNames(Of(rows)).status()));
  CHECK(absl::IsDataLoss(ReadValues(Of(rows)).status()));
}

TEST_CASE("a row that ends before the part has none, whatever lies behind it") {
  const molva_lane lane = Lane(1);
  molva_row row = WithLane(lane);
  CHECK(ReadLanes(Rows{&row, 1}).ok());
  row.struct_size = offsetof(molva_row, lane);
  CHECK(absl::IsDataLoss(ReadLanes(Rows{&row, 1}).status()));
  row.struct_size = offsetof(molva_row, lane) + sizeof row.lane - 1;
  CHECK(absl::IsDataLoss(ReadLanes(Rows{&row, 1}).status()));
}

TEST_CASE("a user or topic that ends before its origin has none") {
  auto user = sdk::Sized<molva_user>();
  user.id = 1;
  user.last_seen = MOLVA_NO_TIME;
  user.origin = sdk::Text("usrAAAAAAAAAAA@b.example");
  auto row = sdk::Sized<molva_row>();
  row.user = &user;
  CHECK(ReadUser(Rows{&row, 1})->value().origin == "usrAAAAAAAAAAA@b.example");
  user.struct_size = offsetof(molva_user, origin);
  CHECK(ReadUser(Rows{&row, 1})->value().origin.empty());
  auto topic = sdk::Sized<molva_topic>();
  topic.name = sdk::Text(kTopic);
  topic.home = sdk::Text("b.example");
  topic.origin = sdk::Text("grpAAAAAAAAAAA@b.example");
  row.topic = &topic;
  topic.struct_size = offsetof(molva_topic, origin);
  const auto read = ReadTopic(Rows{&row, 1});
  CHECK(read->value().home == "b.example");
  CHECK(read->value().origin.empty());
}

TEST_CASE("numbers and names that cannot be are refused") {
  const molva_lane negative = Lane(-1);
  CHECK(absl::IsDataLoss(ReadLanes(Of({WithLane(negative)})).status()));
  molva_lane nameless = Lane(1);
  nameless.topic = sdk::Text("nonsense");
  CHECK(absl::IsDataLoss(ReadLanes(Of({WithLane(nameless)})).status()));
  const molva_entry zero = Entry(0);
  CHECK(absl::IsDataLoss(ReadEntries(Of({WithEntry(zero)})).status()));
  const molva_delivery ahead = Delivery(3, 4);
  CHECK(absl::IsDataLoss(ReadDeliveries(Of({WithDelivery(ahead)})).status()));
  molva_delivery peerless = Delivery(3, 1);
  peerless.peer = {};
  CHECK(absl::IsDataLoss(ReadDeliveries(Of({WithDelivery(peerless)})).status()));
  const molva_text texts[] = {sdk::Text("nonsense"), sdk::Text("x@b.example")};
  auto foreign = sdk::Sized<molva_row>();
  foreign.texts = {texts, 2};
  CHECK(absl::IsDataLoss(ReadForeignNames(Of({foreign})).status()));
}

TEST_CASE("entries out of order are refused") {
  const molva_entry one = Entry(1);
  const molva_entry two = Entry(2);
  CHECK(ReadEntries(Of({WithEntry(one), WithEntry(two)}))->size() == 2);
  CHECK(absl::IsDataLoss(ReadEntries(Of({WithEntry(two), WithEntry(one)})).status()));
  CHECK(absl::IsDataLoss(ReadEntries(Of({WithEntry(one), WithEntry(one)})).status()));
}

}  // namespace
}  // namespace molva::plugin
