#include "clients/cli/progress.h"

#include <absl/time/clock.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "clients/cli/attachments.h"
#include "clients/cli/printer.h"

namespace molva::cli {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(100);
constexpr char kTakeAway[] = "\r\x1b[K";

std::string Amount(std::int64_t amount, Progress::Unit unit) {
  return unit == Progress::Unit::kBytes ? SizeText(amount) : std::to_string(amount);
}

}  // namespace

std::string ProgressText(std::string_view what, std::int64_t done, std::int64_t total,
                         Progress::Unit unit) {
  if (total <= 0) return fmt::format("{}  {}", Harmless(what), Amount(done, unit));
  const std::int64_t percent = std::clamp<std::int64_t>(done * 100 / total, 0, 100);
  return fmt::format("{}  {:>3}%  {} of {}", Harmless(what), percent, Amount(done, unit),
                     Amount(total, unit));
}

Progress::Progress(std::string what, std::int64_t total, Unit unit)
    : what_(std::move(what)), total_(total), unit_(unit), on_(::isatty(STDERR_FILENO) != 0) {}

Progress::~Progress() {
  if (shown_ != absl::InfinitePast()) std::fputs(kTakeAway, stderr);
}

void Progress::Show(std::int64_t done) {
  if (!on_) return;
  const absl::Time now = absl::Now();
  if (now - shown_ < kInterval) return;
  shown_ = now;
  const std::string line = kTakeAway + ProgressText(what_, done, total_, unit_);
  std::fwrite(line.data(), 1, line.size(), stderr);
  std::fflush(stderr);
}

}  // namespace molva::cli
