// Reads the little of CBOR that authenticators write.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace molva::auth_passkey {

// Takes items from the front of its bytes, one after the other. Only what CTAP2 lets authenticators
// write is taken: definite lengths, each in its shortest form, integers that fit into 64 bits,
// bytes, texts, lists, maps, false, true and null; no tags and no fractions. Whatever is not of the
// kind that is asked for is refused, and the reader is of no use from then on.
//
// Thread: confined. Borrows the bytes, and so does what it returns.
// Cost:   linear in the bytes that are there, whatever lengths they claim.
// Source: RFC 8949, CTAP 2.1 §8.
class Cbor {
 public:
  static constexpr int kMaxDepth = 4;

  explicit Cbor(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::int64_t> TakeInteger();
  std::optional<std::string_view> TakeBytes();
  std::optional<std::string_view> TakeText();
  // How many pairs follow: at most as many as bytes are left.
  std::optional<std::uint64_t> TakeMap();
  // One item of any kind, with all that is in it.
  bool Skip() { return SkipWithin(kMaxDepth); }

  // What has not been taken.
  std::string_view rest() const { return rest_; }

 private:
  struct Head {
    std::uint8_t major = 0;
    std::uint64_t value = 0;
  };
  std::optional<Head> TakeHead();
  std::optional<std::string_view> TakeString(std::uint8_t major);
  bool SkipWithin(int depth);

  std::string_view rest_;
};

}  // namespace molva::auth_passkey
