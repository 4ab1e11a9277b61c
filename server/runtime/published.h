// A value that one thread sets now and then and others look at.
#pragma once

#include <memory>
#include <utility>

#include "runtime/mutex.h"

namespace molva::runtime {

// Thread: any. What Get returned stays as it was.
template <typename T>
class Published {
 public:
  void Set(T value) {
    auto fresh = std::make_shared<const T>(std::move(value));
    const MutexLock lock(mutex_);
    value_.swap(fresh);
  }
  std::shared_ptr<const T> Get() const {
    const MutexLock lock(mutex_);
    return value_;
  }

 private:
  mutable Mutex mutex_;
  std::shared_ptr<const T> value_ ABSL_GUARDED_BY(mutex_) = std::make_shared<const T>();
};

}  // namespace molva::runtime
