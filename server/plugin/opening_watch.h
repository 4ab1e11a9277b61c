// Says which plugin it was if the process ends, or waits for ever, while one is opened.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/time/time.h>

#include <condition_variable>
#include <string>
#include <thread>

#include "runtime/mutex.h"

namespace molva::plugin {

// While one lives, a signal that kills the process, and a call of exit(), write a line of log that
// names the plugin first. After `deadline` the line says that it hangs, and the process ends, or
// waits on: as `when_late` says.
//
// Thread: one at a time in a process, on the thread that opens the plugin.
class OpeningWatch {
 public:
  enum class WhenLate { kEnd, kWarn };
  OpeningWatch(const std::string& path, absl::Duration deadline, WhenLate when_late);
  ~OpeningWatch();
  OpeningWatch(const OpeningWatch&) = delete;
  OpeningWatch& operator=(const OpeningWatch&) = delete;

  // The exit code of a process that ended because a plugin was late, or called exit().
  static constexpr int kExitEnded = 1;

 private:
  void Run();

  const std::string path_;
  const absl::Duration deadline_;
  const WhenLate when_late_;
  const std::string crash_line_;  // made before: a handler may not allocate
  const std::string exit_line_;
  runtime::Mutex mutex_;
  std::condition_variable_any wake_;
  bool is_over_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace molva::plugin
