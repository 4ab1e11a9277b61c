// The names of long-poll sessions.
#include <set>

#include "tests/support/catch.h"
#include "transport/longpoll/sid.h"

namespace molva::transport {
namespace {

TEST_CASE("a sid tells its shard and reads back from its text", "[longpoll]") {
  base::SystemRandom random;
  for (const int shard : {0, 1, 37, 255}) {
    const Sid sid = Sid::Make(shard, random);
    CHECK(sid.shard() == shard);
    CHECK(sid.ToString().size() == 22);
    CHECK(Sid::Parse(sid.ToString()) == sid);
  }
}

TEST_CASE("sids of one shard differ", "[longpoll]") {
  base::SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(Sid::Make(3, random).ToString());
  CHECK(seen.size() == 1000);
}

TEST_CASE("what no sid looks like is none", "[longpoll]") {
  base::SystemRandom random;
  const std::string good = Sid::Make(1, random).ToString();
  CHECK_FALSE(Sid::Parse("").has_value());
  CHECK_FALSE(Sid::Parse(good + "A").has_value());
  CHECK_FALSE(Sid::Parse(good.substr(1)).has_value());
  CHECK_FALSE(Sid::Parse("+" + good.substr(1)).has_value());
  CHECK_FALSE(Sid::Parse(std::string(22, '\0')).has_value());
  // 64 bits leave two bits of the eleventh character unused.
  CHECK_FALSE(Sid::Parse("AAAAAAAAAABAAAAAAAAAAA").has_value());
}

}  // namespace
}  // namespace molva::transport
