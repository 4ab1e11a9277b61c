// Ranges of message numbers, and the arithmetic of lists of them.
#pragma once

#include <cstdint>
#include <vector>

namespace molva::model {

// Message numbers count 1, 2, 3 … within one topic; 0 means none.
using SeqId = std::int32_t;

// The numbers low ≤ n < hi. In requests and on the wire hi = 0 means the single number `low`;
// inside the server hi is always set.
struct SeqRange {
  SeqId low = 0;
  SeqId hi = 0;
  friend bool operator==(const SeqRange&, const SeqRange&) = default;
};

// Sorts, and merges what overlaps or touches; singles (hi = 0) become [low, low + 1).
std::vector<SeqRange> NormaliseRanges(std::vector<SeqRange> ranges);
// How many numbers normalised `ranges` hold.
std::int64_t CountRanges(const std::vector<SeqRange>& ranges);
// Whether normalised `ranges` hold `seq`.
bool RangesContain(const std::vector<SeqRange>& ranges, SeqId seq);

}  // namespace molva::model
