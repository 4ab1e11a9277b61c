// What gRPC has to say, put into our log: a little of it.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/time/time.h>

#include <cstdint>

#include "runtime/mutex.h"

namespace molva::app {

// So many lines a minute and no more: strangers can make gRPC complain as often as they connect.
//
// Thread: any.
class LineBudget {
 public:
  explicit LineBudget(int per_minute) : per_minute_(per_minute) {}

  // Whether a line may be written at `now`.
  bool Take(absl::Time now);

 private:
  const int per_minute_;
  runtime::Mutex mutex_;
  absl::Time minute_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;
};

// For the whole process, before gRPC is used. Complaints within the budget become warnings, all
// else debug lines.
void TakeOverGrpcLog();

}  // namespace molva::app
