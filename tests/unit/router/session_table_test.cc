#include "router/session_table.h"

#include <set>

#include "tests/support/catch.h"

namespace molva::router {
namespace {

// A session that only needs to have an address.
class Sink final : public SessionSink {
 public:
  void OnReply(const model::PacketPtr&) override {}
  void OnFanOut(const model::PacketPtr&) override {}
  bool IsAttachedTo(model::TopicName) const override { return false; }
  void OnSettled(model::TopicName, topic::Outbound::Attached) override {}
  void OnAccountClosed(model::UserId) override {}
  void OnLoginsEnded(const std::vector<std::uint64_t>&) override {}
  void OnDetached(model::TopicName) override {}
};

TEST_CASE("a session is found by its handle while it lives", "[session_table]") {
  SessionTable table(3);
  Sink one;
  Sink two;
  const model::SessionHandle first = table.Add(one);
  const model::SessionHandle second = table.Add(two);
  CHECK(first.shard == 3);
  CHECK_FALSE(first.is_none());
  CHECK(first != second);
  CHECK(table.Find(first) == &one);
  CHECK(table.Find(second) == &two);
  CHECK(table.size() == 2);
  table.Remove(first);
  CHECK(table.Find(first) == nullptr);
  CHECK(table.Find(second) == &two);
  CHECK(table.size() == 1);
}

TEST_CASE("a handle of a session that is gone never finds the next one", "[session_table]") {
  SessionTable table(0);
  Sink sink;
  std::set<model::SessionHandle> former;
  for (int round = 0; round < 1000; ++round) {
    const model::SessionHandle handle = table.Add(sink);
    REQUIRE(handle.slot == 0);  // the slot is used again
    REQUIRE(handle.generation != 0);
    REQUIRE(former.insert(handle).second);
    table.Remove(handle);
    REQUIRE(table.Find(handle) == nullptr);
  }
  const model::SessionHandle last = table.Add(sink);
  for (const model::SessionHandle& handle : former) REQUIRE(table.Find(handle) == nullptr);
  CHECK(table.Find(last) == &sink);
}

TEST_CASE("no handle that was never given finds anything", "[session_table]") {
  SessionTable table(0);
  CHECK(table.Find({}) == nullptr);
  Sink sink;
  const model::SessionHandle handle = table.Add(sink);
  CHECK(table.Find({}) == nullptr);
  CHECK(table.Find({0, handle.slot, handle.generation + 1}) == nullptr);
  CHECK(table.Find({0, handle.slot + 1, handle.generation}) == nullptr);
  CHECK(table.Find({0, 0xffffffff, 1}) == nullptr);
  table.Remove(handle);
  // The generation the empty slot has now belongs to nobody.
  CHECK(table.Find({0, handle.slot, handle.generation + 1}) == nullptr);
}

TEST_CASE("each session that lives is visited once", "[session_table]") {
  SessionTable table(0);
  std::vector<Sink> sinks(5);
  std::vector<model::SessionHandle> handles;
  for (Sink& sink : sinks) handles.push_back(table.Add(sink));
  table.Remove(handles[1]);
  table.Remove(handles[3]);
  std::multiset<const SessionSink*> seen;
  table.ForEach([&](SessionSink& sink) { seen.insert(&sink); });
  CHECK(seen == std::multiset<const SessionSink*>{&sinks[0], &sinks[2], &sinks[4]});
}

}  // namespace
}  // namespace molva::router
