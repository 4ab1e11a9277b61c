#include "topic/attached_sessions.h"

#include <algorithm>
#include <set>

#include "tests/support/catch.h"
#include "topic/command.h"
#include "topic/sequence.h"

namespace molva::topic {
namespace {

using model::SessionHandle;
using model::UserId;

const UserId kAlice = UserId::FromBits(1);
const UserId kBob = UserId::FromBits(2);

SessionHandle Session(std::uint16_t shard, std::uint32_t slot) { return {shard, slot, 1}; }

TEST_CASE("sessions are counted by user until the last one leaves", "[attached_sessions]") {
  AttachedSessions attached(2);
  CHECK(attached.empty());
  attached.Add(Session(0, 1), kAlice);
  attached.Add(Session(1, 1), kAlice);
  attached.Add(Session(1, 2), kBob);
  CHECK(attached.size() == 3);
  CHECK(attached.CountOf(kAlice) == 2);
  CHECK(attached.CountOf(kBob) == 1);
  CHECK(attached.SessionsOf(kAlice).size() == 2);
  CHECK(attached.UserOf(Session(1, 2)) == kBob);
  CHECK(attached.Remove(Session(0, 1)) == kAlice);
  CHECK(attached.CountOf(kAlice) == 1);
  CHECK(attached.Remove(Session(1, 1)) == kAlice);
  CHECK(attached.CountOf(kAlice) == 0);
  CHECK_FALSE(attached.empty());
}

TEST_CASE("what happens twice counts once", "[attached_sessions]") {
  AttachedSessions attached(1);
  attached.Add(Session(0, 1), kAlice);
  attached.Add(Session(0, 1), kAlice);
  CHECK(attached.CountOf(kAlice) == 1);
  CHECK(attached.Remove(Session(0, 1)) == kAlice);
  CHECK_FALSE(attached.Remove(Session(0, 1)).has_value());
  CHECK_FALSE(attached.UserOf(Session(0, 1)).has_value());
  CHECK(attached.CountOf(kAlice) == 0);
  CHECK(attached.empty());
}

TEST_CASE("a slot used again is another session", "[attached_sessions]") {
  AttachedSessions attached(1);
  attached.Add({0, 1, 1}, kAlice);
  CHECK_FALSE(attached.Has({0, 1, 3}));
  CHECK_FALSE(attached.Remove({0, 1, 3}).has_value());
  CHECK(attached.Has({0, 1, 1}));
}

TEST_CASE("the selection has one list per shard and none where nobody passes",
          "[attached_sessions]") {
  AttachedSessions attached(3);
  for (std::uint32_t slot = 0; slot < 10; ++slot) {
    attached.Add(Session(0, slot), kAlice);
    attached.Add(Session(2, slot), kBob);
  }
  const auto everybody = attached.Select([](UserId) { return true; });
  REQUIRE(everybody.size() == 3);
  REQUIRE(everybody[0] != nullptr);
  CHECK(everybody[0]->size() == 10);
  CHECK(everybody[1] == nullptr);
  REQUIRE(everybody[2] != nullptr);
  CHECK(std::set(everybody[2]->begin(), everybody[2]->end()).size() == 10);
  const auto bobs = attached.Select([](UserId user) { return user == kBob; });
  CHECK(bobs[0] == nullptr);
  REQUIRE(bobs[2] != nullptr);
  CHECK(std::all_of(bobs[2]->begin(), bobs[2]->end(),
                    [](SessionHandle session) { return session.shard == 2; }));
}

TEST_CASE("the steps of a sequence run one after another, waiting for each", "[sequence]") {
  std::string trace;
  Sequence::Next pending;
  {
    const SequencePtr sequence = MakeSequence();
    sequence->Add([&](Sequence::Next next) {
      trace += "a";
      next();
    });
    sequence->Add([&](Sequence::Next next) {
      trace += "b";
      pending = std::move(next);
    });
    sequence->Add([&](Sequence::Next next) {
      trace += "c";
      next();
    });
    sequence->Run();
  }
  CHECK(trace == "ab");
  pending();  // the waiting step keeps the rest alive
  CHECK(trace == "abc");
}

TEST_CASE("a sequence whose step is dropped ends there and frees the rest", "[sequence]") {
  const auto token = std::make_shared<int>(1);
  {
    const SequencePtr sequence = MakeSequence();
    sequence->Add([token](Sequence::Next) {});
    sequence->Add([token](Sequence::Next) { FAIL("nobody called next"); });
    sequence->Run();
  }
  CHECK(token.use_count() == 1);
  MakeSequence()->Run();
}

TEST_CASE("only what a client may ask of any topic brings one into memory", "[command]") {
  CHECK(LoadsTopic(Join{}));
  CHECK(LoadsTopic(Depart{}));
  CHECK(LoadsTopic(Publish{}));
  CHECK(LoadsTopic(Query{}));
  CHECK(LoadsTopic(Change{}));
  CHECK(LoadsTopic(Remove{}));
  CHECK(LoadsTopic(Mark{}));
  CHECK(LoadsTopic(SwapTags{}));
  CHECK_FALSE(LoadsTopic(SessionGone{}));
  CHECK_FALSE(LoadsTopic(Noticed{}));
  CHECK_FALSE(LoadsTopic(AskStatus{}));
  CHECK_FALSE(LoadsTopic(MemberNews{}));
  CHECK_FALSE(LoadsTopic(Active{}));
}

TEST_CASE("a hidden session counts as one, but is not seen", "[attached_sessions]") {
  AttachedSessions sessions(2);
  const SessionHandle hidden = Session(1, 2);
  sessions.Add(Session(0, 1), kAlice);
  sessions.Add(hidden, kAlice);
  sessions.Hide(hidden);
  CHECK(sessions.IsHidden(hidden));
  CHECK(sessions.CountOf(kAlice) == 2);
  CHECK(sessions.CountSeen(kAlice) == 1);
  CHECK(sessions.CountSeen() == 1);
  SECTION("until it is shown, once") {
    CHECK(sessions.Show(hidden));
    CHECK_FALSE(sessions.Show(hidden));
    CHECK(sessions.CountSeen() == 2);
  }
  SECTION("and leaves nothing behind when it goes") {
    CHECK(sessions.Remove(hidden) == kAlice);
    CHECK_FALSE(sessions.Show(hidden));
    CHECK(sessions.CountSeen() == 1);
    sessions.Add(hidden, kBob);
    CHECK(sessions.CountSeen(kBob) == 1);
  }
}

}  // namespace
}  // namespace molva::topic
