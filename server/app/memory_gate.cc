#include "app/memory_gate.h"

#include <unistd.h>

#include <fstream>

#include "base/log.h"

namespace molva::app {

void MemoryGauge::Sample() {
  // Source: proc(5): /proc/self/statm has the total and the resident size in pages.
  std::ifstream file("/proc/self/statm");
  std::int64_t total = 0;
  std::int64_t resident = 0;
  if (!(file >> total >> resident)) {
    base::LogWarning("the kernel does not say how much memory the node uses");
    return;
  }
  resident_bytes_.store(resident * ::sysconf(_SC_PAGESIZE), std::memory_order_relaxed);
}

}  // namespace molva::app
