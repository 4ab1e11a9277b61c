#include "topic/channel_readers.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/support/catch.h"

namespace molva::topic {
namespace {

using model::SessionHandle;
using model::UserId;

const UserId kAnn = UserId::FromBits(1);
const UserId kBob = UserId::FromBits(2);

SessionHandle Session(std::uint16_t shard, std::uint32_t slot) { return {shard, slot, 1}; }

std::vector<SessionListPtr> Lists(ChannelReaders& readers) {
  std::vector<SessionListPtr> lists;
  readers.ForEachList([&](int shard, const SessionListPtr& list) {
    CHECK(std::all_of(list->begin(), list->end(),
                      [&](SessionHandle session) { return session.shard == shard; }));
    CHECK_FALSE(list->empty());
    lists.push_back(list);
  });
  return lists;
}

std::vector<SessionHandle> All(ChannelReaders& readers) {
  std::vector<SessionHandle> all;
  for (const SessionListPtr& list : Lists(readers))
    all.insert(all.end(), list->begin(), list->end());
  std::sort(all.begin(), all.end());
  return all;
}

TEST_CASE("a reader is in memory while a session of his is there", "[channel_readers]") {
  ChannelReaders readers(2);
  CHECK(readers.Find(kAnn) == nullptr);
  readers.Enter(kAnn);
  readers.Attach(Session(0, 1), kAnn);
  readers.Attach(Session(1, 1), kAnn);
  readers.Tidy(kAnn);
  REQUIRE(readers.Find(kAnn) != nullptr);
  CHECK(readers.Find(kAnn)->sessions.size() == 2);
  CHECK(readers.Attached() == std::vector{kAnn});
  CHECK(readers.Detach(Session(0, 1)) == kAnn);
  CHECK_FALSE(readers.Detach(Session(0, 1)).has_value());
  CHECK(readers.Has(Session(1, 1)));
  CHECK(readers.Detach(Session(1, 1)) == kAnn);
  CHECK(readers.empty());
  readers.Tidy(kAnn);
  CHECK(readers.Find(kAnn) == nullptr);
  CHECK(Lists(readers).empty());
}

TEST_CASE("a reader stays in memory while the store works for him", "[channel_readers]") {
  ChannelReaders readers(1);
  readers.Enter(kAnn);
  readers.Enter(kBob);
  readers.Begin(kAnn);
  CHECK(readers.is_busy());
  readers.Tidy(kAnn);
  readers.Tidy(kBob);
  REQUIRE(readers.Find(kAnn) != nullptr);
  CHECK(readers.Find(kBob) == nullptr);
  readers.Find(kAnn)->waiting.push_back(Query{});
  readers.Find(kAnn)->waiting.push_back(Mark{});
  const std::vector<Command> waited = readers.Finish(kAnn);
  REQUIRE(waited.size() == 2);
  CHECK(std::holds_alternative<Query>(waited[0]));
  CHECK_FALSE(readers.is_busy());
  CHECK(readers.Find(kAnn)->waiting.empty());
}

TEST_CASE("a session that attaches twice is there once", "[channel_readers]") {
  ChannelReaders readers(1);
  readers.Enter(kAnn);
  readers.Attach(Session(0, 1), kAnn);
  readers.Attach(Session(0, 1), kAnn);
  CHECK(readers.Find(kAnn)->sessions.size() == 1);
  CHECK(All(readers) == std::vector{Session(0, 1)});
}

TEST_CASE("who comes or goes changes one or two lists, the others are kept", "[channel_readers]") {
  ChannelReaders readers(1);
  constexpr std::uint32_t kLists = 8;
  for (std::uint32_t i = 0; i < kLists * ChannelReaders::kListSize; ++i) {
    readers.Enter(UserId::FromBits(i + 1));
    readers.Attach(Session(0, i), UserId::FromBits(i + 1));
  }
  const std::vector<SessionListPtr> before = Lists(readers);
  REQUIRE(before.size() == kLists);
  CHECK(Lists(readers) == before);
  CHECK(readers.Detach(Session(0, 5)).has_value());
  const std::vector<SessionListPtr> after = Lists(readers);
  REQUIRE(after.size() == kLists);
  int kept = 0;
  for (std::uint32_t i = 0; i < kLists; ++i) kept += after[i] == before[i] ? 1 : 0;
  CHECK(kept == kLists - 2);
  // A list that is on its way to a shard does not change.
  CHECK(before[0]->at(5) == Session(0, 5));
}

TEST_CASE("each session is in one list, whoever came and went", "[channel_readers]") {
  std::mt19937 engine(7);
  const auto random = [&engine] { return static_cast<std::uint32_t>(engine()); };
  ChannelReaders readers(3);
  std::map<SessionHandle, UserId> model;
  for (int step = 0; step < 20'000; ++step) {
    const SessionHandle session = Session(static_cast<std::uint16_t>(random() % 3), random() % 700);
    const UserId user = UserId::FromBits(random() % 300 + 1);
    if (random() % 2 == 0) {
      readers.Enter(user);
      readers.Attach(session, user);
      model.emplace(session, user);
    } else {
      const std::optional<UserId> left = readers.Detach(session);
      const auto known = model.find(session);
      REQUIRE(left == (known == model.end() ? std::nullopt : std::optional(known->second)));
      if (known != model.end()) model.erase(known);
      if (left.has_value()) readers.Tidy(*left);
    }
    if (step % 500 != 0) continue;
    std::vector<SessionHandle> expected;
    for (const auto& [handle, owner] : model) expected.push_back(handle);
    REQUIRE(All(readers) == expected);
  }
  std::set<UserId> users;
  for (const auto& [session, user] : model) users.insert(user);
  CHECK(readers.Attached() == std::vector<UserId>(users.begin(), users.end()));
}

}  // namespace
}  // namespace molva::topic
