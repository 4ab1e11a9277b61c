// How far a long command has come, on the standard error.
#pragma once

#include <absl/time/time.h>

#include <string>

#include "backup/copy_records.h"

namespace molva::app {

// A line that is written over on a terminal, and elsewhere one every few seconds.
//
// Thread: its owner's.
class ProgressLine {
 public:
  explicit ProgressLine(std::string what);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void Tell(const backup::Progress& progress);

 private:
  const std::string what_;
  const bool is_terminal_;
  bool has_told_ = false;
  absl::Time next_ = absl::InfinitePast();
};

}  // namespace molva::app
