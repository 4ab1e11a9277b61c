// Devices: what goes in comes out, and a device has one owner.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

DeviceRecord MakeDevice(model::UserId user, std::string id) {
  DeviceRecord device;
  device.user = user;
  device.id = std::move(id);
  device.platform = "web";
  device.language = "en-GB";
  device.last_seen = At(5);
  return device;
}

std::vector<DeviceRecord> Devices(StoreHarness& h, model::UserId user) {
  return h.MustAsk<std::vector<DeviceRecord>>(
      [user](Store& store, auto done) { store.ListDevices(user, std::move(done)); });
}

std::vector<std::string> Ids(StoreHarness& h, model::UserId user) {
  std::vector<std::string> ids;
  for (const DeviceRecord& device : Devices(h, user)) ids.push_back(device.id);
  return ids;
}

TEST_CASE("devices come back as written, in their order, after a restart too") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  DeviceRecord plain;
  plain.user = kBob;
  plain.id = "b";
  plain.last_seen = At(6);
  h.MustWrite({PutDevice{plain}, PutDevice{MakeDevice(kBob, "a")}});
  h.Reopen();
  const auto found = Devices(h, kBob);
  REQUIRE(found.size() == 2);
  CHECK(found[0].user == kBob);
  CHECK(found[0].id == "a");
  CHECK(found[0].platform == "web");
  CHECK(found[0].language == "en-GB");
  CHECK(found[0].last_seen == At(5));
  CHECK(found[1].id == "b");
  CHECK(found[1].platform.empty());
  CHECK(found[1].language.empty());
  CHECK(found[1].last_seen == At(6));
}

TEST_CASE("a device belongs to who had it last") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutDevice{MakeDevice(kAnn, "x")}, PutDevice{MakeDevice(kAnn, "y")}});
  h.MustWrite({PutDevice{MakeDevice(kBob, "x")}});
  CHECK(Ids(h, kAnn) == std::vector<std::string>{"y"});
  CHECK(Ids(h, kBob) == std::vector<std::string>{"x"});
  // It is not hers any more to erase.
  h.MustWrite({EraseDevice{kAnn, "x"}});
  CHECK(Ids(h, kBob) == std::vector<std::string>{"x"});
  CHECK(absl::IsNotFound(h.Write({EraseDevice{kAnn, "x", Expect::kPresent}})));
}

TEST_CASE("an erased device is gone, and cannot be erased again where it must be there") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutDevice{MakeDevice(kAnn, "x")}});
  h.MustWrite({EraseDevice{kAnn, "x", Expect::kPresent}});
  CHECK(Ids(h, kAnn).empty());
  h.MustWrite({EraseDevice{kAnn, "x"}});
  CHECK(absl::IsNotFound(
      h.Write({PutDevice{MakeDevice(kAnn, "z")}, EraseDevice{kAnn, "x", Expect::kPresent}})));
  CHECK(Ids(h, kAnn).empty());
}

TEST_CASE("the devices of a user go with the user") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  h.MustWrite({PutDevice{MakeDevice(kAnn, "x")}, PutDevice{MakeDevice(kBob, "y")}});
  h.MustWrite({EraseUser{kAnn}});
  CHECK(Ids(h, kAnn).empty());
  CHECK(Ids(h, kBob) == std::vector<std::string>{"y"});
  CHECK(absl::IsAborted(h.Write({EraseUser{kBob}, AppendMessage{MakeMessage(kGroup, 1), 0}})));
  CHECK(Ids(h, kBob) == std::vector<std::string>{"y"});
}

}  // namespace
}  // namespace molva::test
