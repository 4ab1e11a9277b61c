// Removes files that nothing refers to, and what dying processes have left of uploads.
#pragma once

#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "media/files.h"
#include "store/store.h"

namespace molva::media {

// Looks once in a period, and then block by block until there is nothing to remove. A file is
// condemned first, in one transaction with the look at what refers to it, so that nobody refers to
// it afterwards; then its bytes go, and the record last.
//
// Thread:  the shard's.
// Borrows: shard, store and parts. What is under way holds it.
class Collector : public std::enable_shared_from_this<Collector> {
 public:
  struct Rules {
    absl::Duration period = absl::Minutes(1);
    absl::Duration grace = absl::Hours(1);  // for a client to refer to what it has sent
    int block = 128;
  };

  Collector(runtime::Shard& shard, store::Store& store, const SharedParts& shared,
            const Rules& rules)
      : shard_(shard), store_(store), shared_(shared), rules_(rules) {}

  void Start();
  void Stop();
  std::uint64_t removed_files() const { return removed_; }

 private:
  using Records = std::vector<store::FileRecord>;

  void List(void (Collector::*next)(Records));
  void Condemn(Records files);
  void Remove(Records files);
  void Erase(const std::vector<model::FileId>& removed);
  // After the round, or when it cannot go on.
  void Rest();

  runtime::Shard& shard_;
  store::Store& store_;
  const SharedParts& shared_;
  const Rules rules_;
  runtime::TimerId timer_ = runtime::TimerId::kNone;
  std::atomic<std::uint64_t> removed_{0};
  bool is_stopped_ = false;
};

}  // namespace molva::media
