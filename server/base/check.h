// Stops the process when our own code has broken its word.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace molva::base {

// Writes `why` and the place to standard error and aborts. For our own bugs only: what a client,
// a peer, the disk or a plugin does wrong is an absl::Status.
[[noreturn]] inline void FailCheck(const char* condition, const char* why, const char* file,
                                   int line) {
  std::fprintf(stderr, "%s:%d: check failed: %s (%s)\n", file, line, why, condition);
  std::fflush(stderr);
  std::abort();
}

}  // namespace molva::base

// Aborts with `why` unless `cond` holds.
#define MOLVA_CHECK(cond, why) \
  ((cond) ? static_cast<void>(0) : ::molva::base::FailCheck(#cond, why, __FILE__, __LINE__))
