// Which uids a topic remembers, and what heads and defaults mean.
#include "topic/known_uids.h"
#include "model/fault.h"
#include "tests/support/catch.h"
#include "topic/own_heads.h"

using molva::model::JsonFields;
using molva::model::RawJson;
using molva::model::UserId;
using molva::topic::KnownUids;
using molva::topic::ParseTtl;
using molva::topic::ReadOwnHeads;
using molva::topic::Requester;

namespace {

constexpr UserId kAnn = UserId::FromBits(1);
constexpr UserId kBob = UserId::FromBits(2);

bool IsHead(const char* key, std::string value) {
  return ReadOwnHeads({{key, RawJson{std::move(value)}}}).ok();
}

}  // namespace

TEST_CASE("a uid is known per user from the moment it is on its way") {
  KnownUids uids;
  CHECK_FALSE(uids.is_read());
  uids.Fill({{{}, 7, kAnn, "a"}});
  CHECK(uids.is_read());
  REQUIRE(uids.Find(kAnn, "a") != nullptr);
  CHECK(uids.Find(kAnn, "a")->seq == 7);
  CHECK(uids.Find(kAnn, "a")->is_stored);
  CHECK(uids.Find(kBob, "a") == nullptr);
  uids.Add(kBob, "a", 8);
  REQUIRE(uids.Find(kBob, "a") != nullptr);
  CHECK_FALSE(uids.Find(kBob, "a")->is_stored);
  uids.Find(kBob, "a")->repeats.push_back(Requester{});
  CHECK(uids.OnStored(8).size() == 1);
  CHECK(uids.OnStored(8).empty());
  CHECK(uids.Find(kBob, "a")->is_stored);
}

TEST_CASE("a publication that failed leaves its uid free") {
  KnownUids uids;
  uids.Add(kAnn, "a", 1);
  uids.Find(kAnn, "a")->repeats.resize(2);
  CHECK(uids.OnFailed(1).size() == 2);
  CHECK(uids.Find(kAnn, "a") == nullptr);
  CHECK(uids.OnFailed(1).empty());
  CHECK(uids.OnStored(1).empty());
  uids.Add(kAnn, "a", 1);
  CHECK(uids.Find(kAnn, "a")->seq == 1);
}

TEST_CASE("the oldest uids are forgotten many at a time, but none that somebody waits for") {
  KnownUids uids;
  std::optional<molva::model::SeqId> through;
  molva::model::SeqId seq = 0;
  while (!through.has_value() && seq < 2 * KnownUids::kMost) {
    ++seq;
    uids.Add(kAnn, std::to_string(seq), seq);
    uids.OnStored(seq);
    through = uids.Trim();
  }
  REQUIRE(through.has_value());
  CHECK(seq > KnownUids::kMost);
  CHECK(*through == seq - KnownUids::kMost);
  CHECK(uids.Find(kAnn, std::to_string(*through)) == nullptr);
  CHECK(uids.Find(kAnn, std::to_string(*through + 1)) != nullptr);
  CHECK(uids.Find(kAnn, std::to_string(seq)) != nullptr);
  KnownUids waiting;
  for (seq = 1; seq < 2 * KnownUids::kMost; ++seq) waiting.Add(kAnn, std::to_string(seq), seq);
  CHECK_FALSE(waiting.Trim().has_value());
  CHECK(waiting.Find(kAnn, "1") != nullptr);
}

TEST_CASE("heads with a meaning are checked, others are not looked at") {
  CHECK(ReadOwnHeads({}).ok());
  CHECK(IsHead("mime", "\"text/x-drafty\""));
  CHECK(IsHead("x-molva-other", "{}"));
  CHECK(ReadOwnHeads({{"x-molva-uid", RawJson{"\"a b\""}}})->uid == "a b");
  CHECK(IsHead("x-molva-uid", "\"" + std::string(64, 'u') + "\""));
  for (const std::string& wrong : {std::string("\"\""), std::string("1"), std::string("null"),
                                   std::string("[\"a\"]"), "\"" + std::string(65, 'u') + "\""}) {
    INFO(wrong);
    CHECK_FALSE(IsHead("x-molva-uid", wrong));
  }
  CHECK(ReadOwnHeads({{"x-molva-ttl", RawJson{"60"}}})->ttl == absl::Seconds(60));
  CHECK_FALSE(ReadOwnHeads({{"x-molva-uid", RawJson{"\"a\""}}})->ttl.has_value());
}

TEST_CASE("a time to live is a whole number of seconds up to a year") {
  CHECK(ParseTtl({"1"}) == absl::Seconds(1));
  CHECK(ParseTtl({"31622400"}) == absl::Hours(366 * 24));
  for (const char* wrong : {"", "0", "-1", "31622401", "99999999999999", "1.5", "1e3", "\"60\"",
                            "true", "null", " 1", "1 "}) {
    INFO(wrong);
    CHECK_FALSE(ParseTtl({wrong}).has_value());
  }
}
