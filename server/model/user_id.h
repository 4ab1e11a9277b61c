// The identity of a user: parsed once at the edge, trusted everywhere after.
#pragma once

#include <absl/status/statusor.h>

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace molva::model {

// A user id: 64 bits. Zero stands for "nobody" (Nobody()), which never comes out of Parse.
//
// Text form: "usr" + 11 base64url characters (8 bytes, little-endian, no padding).
// Source:    docs/protocol behaviour §1.
class UserId {
 public:
  constexpr UserId() = default;
  // From the store or the id generator.
  static constexpr UserId FromBits(std::uint64_t bits) { return UserId(bits); }
  static constexpr UserId Nobody() { return UserId(); }
  // Errors: kInvalidArgument if the shape is wrong or the id is zero; the message never repeats
  //         the input.
  static absl::StatusOr<UserId> Parse(std::string_view text);

  std::string ToString() const;
  constexpr std::uint64_t bits() const { return bits_; }
  constexpr bool is_nobody() const { return bits_ == 0; }
  friend constexpr auto operator<=>(const UserId&, const UserId&) = default;

  template <typename H>
  friend H AbslHashValue(H state, const UserId& id) {
    return H::combine(std::move(state), id.bits_);
  }

 private:
  explicit constexpr UserId(std::uint64_t bits) : bits_(bits) {}
  std::uint64_t bits_ = 0;
};

}  // namespace molva::model
