#include "model/seq_range.h"

#include <random>
#include <set>

#include "tests/support/catch.h"

namespace molva::model {
namespace {

using Ranges = std::vector<SeqRange>;

TEST_CASE("ranges are sorted, and merged where they overlap or touch", "[seq_range]") {
  const std::tuple<const char*, Ranges, Ranges> table[] = {
      {"none", {}, {}},
      {"a single", {{5, 0}}, {{5, 6}}},
      {"already apart", {{1, 3}, {4, 6}}, {{1, 3}, {4, 6}}},
      {"touching", {{1, 3}, {3, 6}}, {{1, 6}}},
      {"overlapping", {{1, 4}, {3, 6}, {5, 0}, {8, 0}}, {{1, 6}, {8, 9}}},
      {"inside", {{1, 10}, {2, 3}, {4, 0}}, {{1, 10}}},
      {"out of order", {{7, 0}, {1, 2}, {4, 7}}, {{1, 2}, {4, 8}}},
      {"the same twice", {{2, 0}, {2, 3}}, {{2, 3}}},
      {"the number between", {{1, 3}, {4, 6}, {3, 0}}, {{1, 6}}},
  };
  for (const auto& [name, ranges, normal] : table) {
    CAPTURE(name);
    CHECK(NormaliseRanges(ranges) == normal);
    CHECK(NormaliseRanges(normal) == normal);
  }
}

TEST_CASE("counting and finding agree with a plain set of numbers", "[seq_range]") {
  std::mt19937 random(20'260'704);
  for (int round = 0; round < 500; ++round) {
    Ranges ranges;
    std::set<SeqId> numbers;
    const auto parts = random() % 8;
    for (unsigned part = 0; part < parts; ++part) {
      const auto low = static_cast<SeqId>(1 + random() % 40);
      const auto length = static_cast<SeqId>(random() % 6);
      ranges.push_back({low, length == 0 ? 0 : low + length});
      for (SeqId n = low; n < low + std::max(length, 1); ++n) numbers.insert(n);
    }
    const Ranges normal = NormaliseRanges(ranges);
    REQUIRE(CountRanges(normal) == static_cast<std::int64_t>(numbers.size()));
    for (SeqId n = 0; n <= 50; ++n) REQUIRE(RangesContain(normal, n) == numbers.contains(n));
    for (std::size_t i = 1; i < normal.size(); ++i) REQUIRE(normal[i - 1].hi < normal[i].low);
  }
}

TEST_CASE("the sum of ranges is counted beyond 32 bits", "[seq_range]") {
  CHECK(CountRanges({{1, 0x7fffffff}, {0, 0x7fffffff}}) == 2LL * 0x7fffffff - 1);
}

}  // namespace
}  // namespace molva::model
