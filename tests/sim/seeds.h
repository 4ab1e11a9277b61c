// Which seeds a simulation tries, from the environment.
#pragma once

#include <cstdint>
#include <cstdlib>

namespace molva::test {

inline std::uint64_t FromEnvironment(const char* name, std::uint64_t fallback) {
  const char* text = std::getenv(name);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t last = 1;
};

// MOLVA_SIM_SEED names one; otherwise MOLVA_SIM_SEEDS of them, or `fallback`, from MOLVA_SIM_FIRST
// or 1 on.
inline Seeds SeedsToTry(std::uint64_t fallback) {
  const std::uint64_t only = FromEnvironment("MOLVA_SIM_SEED", 0);
  if (only != 0) return {only, only};
  const std::uint64_t first = FromEnvironment("MOLVA_SIM_FIRST", 1);
  return {first, first + FromEnvironment("MOLVA_SIM_SEEDS", fallback) - 1};
}

}  // namespace molva::test
