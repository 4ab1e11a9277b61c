#include "app/progress_line.h"

#include <absl/time/clock.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace molva::app {

ProgressLine::ProgressLine(std::string what)
    : what_(std::move(what)), is_terminal_(::isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (is_terminal_ && has_told_) fmt::print(stderr, "\n");
}

void ProgressLine::Tell(const backup::Progress& progress) {
  const absl::Time now = absl::Now();
  if (now < next_) return;
  next_ = now + (is_terminal_ ? absl::Milliseconds(200) : absl::Seconds(5));
  has_told_ = true;
  const std::string records =
      progress.records == 0 ? std::string() : fmt::format("{} records, ", progress.records);
  fmt::print(stderr, "{}{}: {}{} MiB{}", is_terminal_ ? "\r" : "", what_, records,
             progress.bytes >> 20, is_terminal_ ? "" : "\n");
}

}  // namespace molva::app
