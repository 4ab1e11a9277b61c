// How many files may be on their way at once, and how much one uploader may bring in a day.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "model/file_id.h"
#include "runtime/mutex.h"

namespace molva::media {

// Counts transfers of the node and of each owner, a user or an address, by name. What an owner has
// brought is forgotten evenly, all of the allowance in a day; a restart forgets it at once.
//
// Thread: any; all shards share one. It outlives its permits.
class TransferGate {
 public:
  struct Limits {
    int transfers = 256;
    int transfers_per_owner = 8;
    std::int64_t bytes_per_day = 0;  // of an owner; zero: no limit
  };

  explicit TransferGate(const Limits& limits) : limits_(limits) {}

  // One transfer, until it goes.
  class Permit {
   public:
    Permit(Permit&& other) noexcept;
    Permit& operator=(Permit&& other) = delete;
    ~Permit();

    // Whether so many bytes more may come; counts them if so.
    [[nodiscard]] bool Charge(std::int64_t bytes, absl::Time now);
    // The file that is being made, so that nobody sweeps it.
    void Name(model::FileId file);

   private:
    friend class TransferGate;
    Permit(TransferGate& gate, std::string owner) : gate_(&gate), owner_(std::move(owner)) {}

    TransferGate* gate_;
    std::string owner_;
    model::FileId file_;
  };

  // Errors: kServiceUnavailable as a Fault: too many are under way, of this owner or at all.
  absl::StatusOr<Permit> Admit(std::string owner, absl::Time now);
  // Whether a permit names `file`.
  bool IsLive(model::FileId file) const;
  int live() const;

 private:
  struct Owner {
    int transfers = 0;
    std::int64_t bytes = 0;  // brought, less what was forgotten until `at`
    absl::Time at;
  };

  void Forget(Owner& owner, absl::Time now) const;
  void Sweep(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Limits limits_;
  mutable runtime::Mutex mutex_;
  int live_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::flat_hash_map<std::string, Owner> owners_ ABSL_GUARDED_BY(mutex_);
  std::size_t next_sweep_ ABSL_GUARDED_BY(mutex_) = 1024;  // at so many owners
  absl::flat_hash_set<model::FileId> files_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace molva::media
