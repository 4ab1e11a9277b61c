#include "model/seq_range.h"

#include <algorithm>

namespace molva::model {

std::vector<SeqRange> NormaliseRanges(std::vector<SeqRange> ranges) {
  for (SeqRange& range : ranges) {
    if (range.hi == 0) range.hi = range.low + 1;
  }
  std::sort(ranges.begin(), ranges.end(),
            [](const SeqRange& a, const SeqRange& b) { return a.low < b.low; });
  std::vector<SeqRange> merged;
  for (const SeqRange& range : ranges) {
    if (!merged.empty() && range.low <= merged.back().hi) {
      merged.back().hi = std::max(merged.back().hi, range.hi);
    } else {
      merged.push_back(range);
    }
  }
  return merged;
}

std::int64_t CountRanges(const std::vector<SeqRange>& ranges) {
  std::int64_t count = 0;
  for (const SeqRange& range : ranges) count += range.hi - range.low;
  return count;
}

bool RangesContain(const std::vector<SeqRange>& ranges, SeqId seq) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), seq,
                       [](SeqId value, const SeqRange& range) { return value < range.low; });
  return after != ranges.begin() && seq < std::prev(after)->hi;
}

}  // namespace molva::model
