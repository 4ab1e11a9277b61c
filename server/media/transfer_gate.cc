#include "media/transfer_gate.h"

#include <algorithm>
#include <utility>

#include "model/fault.h"

namespace molva::media {
namespace {

using model::Fail;
using model::Fault;

constexpr absl::Duration kDay = absl::Hours(24);
constexpr std::size_t kMaxOwners = 65'536;

}  // namespace

TransferGate::Permit::Permit(Permit&& other) noexcept
    : gate_(std::exchange(other.gate_, nullptr)),
      owner_(std::move(other.owner_)),
      file_(other.file_) {}

TransferGate::Permit::~Permit() {
  if (gate_ == nullptr) return;
  const runtime::MutexLock lock(gate_->mutex_);
  --gate_->live_;
  --gate_->owners_[owner_].transfers;
  gate_->files_.erase(file_);
}

bool TransferGate::Permit::Charge(std::int64_t bytes, absl::Time now) {
  const runtime::MutexLock lock(gate_->mutex_);
  Owner& owner = gate_->owners_[owner_];
  gate_->Forget(owner, now);
  const std::int64_t allowed = gate_->limits_.bytes_per_day;
  if (allowed != 0 && owner.bytes + bytes > allowed) return false;
  owner.bytes += bytes;
  return true;
}

void TransferGate::Permit::Name(model::FileId file) {
  const runtime::MutexLock lock(gate_->mutex_);
  gate_->files_.erase(file_);
  gate_->files_.insert(file);
  file_ = file;
}

absl::StatusOr<TransferGate::Permit> TransferGate::Admit(std::string owner, absl::Time now) {
  const runtime::MutexLock lock(mutex_);
  if (live_ >= limits_.transfers) {
    return Fail(Fault::kServiceUnavailable, "too many files are on their way");
  }
  if (owners_.size() >= next_sweep_) Sweep(now);
  const auto at = owners_.find(owner);
  if (at == owners_.end() && owners_.size() >= kMaxOwners) {
    return Fail(Fault::kServiceUnavailable, "too many people send files");
  }
  Owner& known = at == owners_.end() ? owners_[owner] : at->second;
  if (known.transfers >= limits_.transfers_per_owner) {
    return Fail(Fault::kServiceUnavailable, "too many files of one user are on their way");
  }
  ++known.transfers;
  ++live_;
  return Permit(*this, std::move(owner));
}

void TransferGate::Forget(Owner& owner, absl::Time now) const {
  const double share = absl::FDivDuration(now - owner.at, kDay);
  const auto forgotten =
      static_cast<std::int64_t>(std::min(share, 1.0) * static_cast<double>(limits_.bytes_per_day));
  // What is too little to be a byte is forgotten next time.
  if (owner.bytes > 0 && forgotten <= 0) return;
  owner.bytes = std::max<std::int64_t>(0, owner.bytes - forgotten);
  owner.at = now;
}

void TransferGate::Sweep(absl::Time now) {
  for (auto at = owners_.begin(); at != owners_.end();) {
    const auto here = at++;
    Forget(here->second, now);
    if (here->second.transfers == 0 && (here->second.bytes == 0 || limits_.bytes_per_day == 0)) {
      owners_.erase(here);
    }
  }
  next_sweep_ = std::min(kMaxOwners, std::max<std::size_t>(1024, 2 * owners_.size()));
}

bool TransferGate::IsLive(model::FileId file) const {
  const runtime::MutexLock lock(mutex_);
  return files_.contains(file);
}

int TransferGate::live() const {
  const runtime::MutexLock lock(mutex_);
  return live_;
}

}  // namespace molva::media
