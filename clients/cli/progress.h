// How far something long has come, for somebody who watches.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace molva::cli {

// One line on standard error that is written over and over, if that is a terminal; else nothing.
class Progress {
 public:
  enum class Unit : std::uint8_t { kCount, kBytes };

  Progress(std::string what, std::int64_t total, Unit unit);
  // Takes the line away.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // At most ten times a second; the calls between are cheap.
  void Show(std::int64_t done);

 private:
  const std::string what_;
  const std::int64_t total_;  // 0: unknown
  const Unit unit_;
  const bool on_;
  absl::Time shown_ = absl::InfinitePast();
};

// "photo.jpg  42%  1.3 MiB of 3.1 MiB"
std::string ProgressText(std::string_view what, std::int64_t done, std::int64_t total,
                         Progress::Unit unit);

}  // namespace molva::cli
