// The numbers of RFC 6455 that both directions use.
#pragma once

#include <cstdint>

namespace molva::transport {

enum class Opcode : std::uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// RFC 6455 §7.4.1; a client may send others.
enum class CloseCode : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kNoneSent = 1005,  // never on the wire
  kInvalidUtf8 = 1007,
  kPolicyViolation = 1008,
  kTooLarge = 1009,
  kTryAgainLater = 1013,
};

}  // namespace molva::transport
