// Who watches what is written: a port that a module above implements.
#pragma once

#include "store/store.h"

namespace molva::store {

// Hears of the batches of one shard before they are handed to the disk.
//
// Thread: confined to its shard.
class WriteTap {
 public:
  virtual ~WriteTap() = default;
  // What to call instead of `done`: `done` itself, or what also looks at how the batch fared.
  virtual Written Watch(const Batch& batch, Written done) = 0;
};

}  // namespace molva::store
