// Devices in MemoryDatabase.
#include "tests/support/memory_database.h"

namespace molva::test {

using store::Expect;

absl::Status MemoryDatabase::ApplyOne(const store::PutDevice& put, absl::Time) {
  Remember(devices_, put.device.id);
  devices_.insert_or_assign(put.device.id, put.device);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseDevice& erase, absl::Time) {
  const auto at = devices_.find(erase.id);
  const bool is_there = at != devices_.end() && at->second.user == erase.user;
  if (erase.expect == Expect::kPresent && !is_there) return absl::NotFoundError("no such device");
  if (!is_there) return absl::OkStatus();
  Remember(devices_, erase.id);
  devices_.erase(erase.id);
  return absl::OkStatus();
}

std::vector<store::DeviceRecord> MemoryDatabase::ListDevices(model::UserId user) const {
  std::vector<store::DeviceRecord> found;
  for (const auto& [id, device] : devices_) {
    if (device.user == user) found.push_back(device);
  }
  return found;
}

}  // namespace molva::test
