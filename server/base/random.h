// Randomness as a port: the system's generator in production, a seeded one in tests and simulation.
#pragma once

#include <cstddef>
#include <cstdint>

namespace molva::base {

// A source of random bits.
//
// Thread: as the implementation says; SystemRandom is safe from any thread.
class Random {
 public:
  virtual ~Random() = default;
  virtual void Fill(void* out, std::size_t size_bytes) = 0;

  std::uint64_t Next64() {
    std::uint64_t value = 0;
    Fill(&value, sizeof value);
    return value;
  }
};

// The kernel's cryptographic generator; ids, keys and salts come from here.
class SystemRandom final : public Random {
 public:
  void Fill(void* out, std::size_t size_bytes) override;
};

}  // namespace molva::base
