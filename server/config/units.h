// Units in which the rows of settings write their bounds.
#pragma once

#include <cstdint>

namespace molva::config {

inline constexpr std::int64_t kKiB = 1 << 10;
inline constexpr std::int64_t kMiB = 1 << 20;
inline constexpr std::int64_t kGiB = 1 << 30;
inline constexpr std::int64_t kSecond = 1000;
inline constexpr std::int64_t kDay = 86'400 * kSecond;
inline constexpr std::int64_t kMaxPathBytes = 4096;

}  // namespace molva::config
