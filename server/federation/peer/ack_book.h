// Acknowledgements that have not left yet: one row per log, however often it moves on.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "federation/peer/frames.h"
#include "federation/peer/lane_key.h"
#include "names/name_book.h"

namespace molva::federation {

// Thread: confined to the actor's shard. Full: there is at most one row per topic and kind.
class AckBook {
 public:
  void Restart();
  // `outcomes` may repeat what was told before; that is left out, unless the link has changed.
  void Add(LaneKey key, std::int64_t through, std::vector<topic::Outcome> outcomes);
  bool empty() const { return rows_.empty(); }
  // What fits in one frame.
  Ack Take(const names::NameBook& names);

 private:
  static constexpr std::size_t kMaxRows = 512;
  static constexpr std::size_t kMaxBytes = 512 * 1024;
  static constexpr std::size_t kMaxTold = 16'384;

  struct Row {
    std::int64_t through = 0;
    std::vector<topic::Outcome> outcomes;
  };
  std::map<LaneKey, Row> rows_;
  // The number up to which outcomes have left.
  std::map<LaneKey, std::int64_t> told_;
};

}  // namespace molva::federation
