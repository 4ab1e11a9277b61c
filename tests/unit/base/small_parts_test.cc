#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "base/random.h"
#include "base/shard_bound.h"
#include "base/status_macros.h"
#include "base/string_map.h"
#include "base/time_text.h"
#include "tests/support/catch.h"

namespace molva::base {
namespace {

TEST_CASE("a part of a shard may be used by one thread again and again", "[shard_bound]") {
  const ShardBound bound;
  bound.Check();
  bound.Check();
  const ShardBound elsewhere;
  std::thread([&elsewhere] {
    elsewhere.Check();
    elsewhere.Check();
  }).join();
}

TEST_CASE("a call from a second thread stops the process", "[shard_bound]") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::close(2);  // the complaint is expected
    ::signal(SIGABRT, SIG_DFL);
    const ShardBound bound;
    std::thread([&bound] { bound.Check(); }).join();
    bound.Check();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
}

TEST_CASE("the system's randomness fills every byte and does not repeat", "[random]") {
  SystemRandom random;
  std::array<int, 256> seen{};
  std::array<unsigned char, 16'384> bytes{};
  random.Fill(bytes.data(), bytes.size());
  for (const unsigned char byte : bytes) ++seen[byte];
  // 64 of each are expected; none at all would be a chance of 1 in 10^28.
  CHECK(*std::min_element(seen.begin(), seen.end()) > 0);
  CHECK(*std::max_element(seen.begin(), seen.end()) < 256);
  CHECK(random.Next64() != random.Next64());
  unsigned char guard[3] = {7, 7, 7};
  random.Fill(guard + 1, 0);
  CHECK((guard[0] == 7 && guard[1] == 7 && guard[2] == 7));
}

absl::StatusOr<int> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return value / 2;
}

absl::StatusOr<int> Quarter(int value) {
  MOLVA_ASSIGN_OR_RETURN(const int half, Half(value));
  MOLVA_RETURN_IF_ERROR(Half(half).status());
  return half / 2;
}

TEST_CASE("the status macros pass errors on and unwrap values", "[status_macros]") {
  CHECK(*Quarter(8) == 2);
  CHECK(Quarter(7).status().message() == "odd");
  CHECK(Quarter(6).status().message() == "odd");
}

TEST_CASE("a string map finds by any text", "[string_map]") {
  StringMap<int> map;
  map["one"] = 1;
  const std::string_view key = std::string_view("xone").substr(1);
  REQUIRE(map.find(key) != map.end());
  CHECK(map.find(key)->second == 1);
  CHECK(map.find(std::string_view("two")) == map.end());
}

TEST_CASE("times are written in UTC, to the millisecond, without trailing zeros", "[time]") {
  const std::pair<absl::Time, const char*> table[] = {
      {absl::UnixEpoch(), "1970-01-01T00:00:00Z"},
      {absl::FromUnixMillis(1'783'159'200'500), "2026-07-04T10:00:00.5Z"},
      {absl::FromUnixMillis(1'783'159'200'050), "2026-07-04T10:00:00.05Z"},
      {absl::FromUnixMillis(1'783'159'200'123), "2026-07-04T10:00:00.123Z"},
      {absl::FromUnixMicros(1'783'159'200'123'499), "2026-07-04T10:00:00.123Z"},
      {absl::FromUnixMicros(1'783'159'199'999'500), "2026-07-04T10:00:00Z"},
      {absl::FromUnixMillis(-1), "1969-12-31T23:59:59.999Z"},
  };
  for (const auto& [time, text] : table) {
    std::string out = "at ";
    AppendTime(out, time);
    CHECK(out == std::string("at ") + text);
  }
}

TEST_CASE("times are read as RFC 3339 with any offset and nothing else", "[time]") {
  absl::Time time;
  REQUIRE(ParseTime("2026-07-04T12:00:00.5+02:00", time));
  CHECK(time == absl::FromUnixMillis(1'783'159'200'500));
  REQUIRE(ParseTime("2026-07-04T10:00:00Z", time));
  CHECK(time == absl::FromUnixMillis(1'783'159'200'000));
  for (const char* text :
       {"", "now", "infinite-future", " 2026-07-04T10:00:00Z", "2026-07-04", "2026-07-04T10:00:00",
        "2026-13-04T10:00:00Z", "2026-07-04T10:00:00Zx"}) {
    CAPTURE(text);
    CHECK_FALSE(ParseTime(text, time));
  }
}

}  // namespace
}  // namespace molva::base
