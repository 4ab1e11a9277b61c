// What a user may do in a topic.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace molva::model {

// A set of rights, or "unset". A plain value.
//
// Text form: letters JRWPASDO in that order, "N" for none, "" for unset.
// Source:    docs/protocol behaviour §3, messages §4.6.
class AccessMode {
 public:
  static constexpr std::uint16_t kJoin = 0x01;
  static constexpr std::uint16_t kRead = 0x02;
  static constexpr std::uint16_t kWrite = 0x04;
  static constexpr std::uint16_t kPresence = 0x08;
  static constexpr std::uint16_t kApprove = 0x10;
  static constexpr std::uint16_t kShare = 0x20;
  static constexpr std::uint16_t kDelete = 0x40;
  static constexpr std::uint16_t kOwner = 0x80;
  static constexpr std::uint16_t kUnset = 0x100;

  constexpr AccessMode() = default;
  explicit constexpr AccessMode(std::uint16_t bits) : bits_(bits) {}
  static constexpr AccessMode None() { return AccessMode(0); }
  static constexpr AccessMode Unset() { return AccessMode(); }
  // Letters in any order and case; a leading N means none and must stand alone; "" is unset.
  // Errors: kInvalidArgument for any other character.
  static absl::StatusOr<AccessMode> Parse(std::string_view text);

  std::string ToString() const;
  constexpr std::uint16_t bits() const { return bits_; }
  constexpr bool is_set() const { return bits_ != kUnset; }
  constexpr bool Has(std::uint16_t all) const { return is_set() && (bits_ & all) == all; }
  constexpr bool HasAny(std::uint16_t some) const { return is_set() && (bits_ & some) != 0; }
  constexpr bool is_sharer() const { return HasAny(kShare | kApprove | kOwner); }
  constexpr bool is_admin() const { return HasAny(kApprove | kOwner); }

  // Unset counts as none in arithmetic.
  constexpr AccessMode With(std::uint16_t more) const {
    return AccessMode(static_cast<std::uint16_t>(value() | more));
  }
  constexpr AccessMode Without(std::uint16_t fewer) const {
    return AccessMode(static_cast<std::uint16_t>(value() & ~fewer));
  }
  friend constexpr AccessMode operator&(AccessMode a, AccessMode b) {
    return AccessMode(static_cast<std::uint16_t>(a.value() & b.value()));
  }
  friend constexpr AccessMode operator|(AccessMode a, AccessMode b) {
    return AccessMode(static_cast<std::uint16_t>(a.value() | b.value()));
  }
  friend constexpr bool operator==(AccessMode, AccessMode) = default;

 private:
  constexpr std::uint16_t value() const { return is_set() ? bits_ : std::uint16_t{0}; }
  std::uint16_t bits_ = kUnset;
};

// "+added-removed" from `before` to `after`; the whole of `after` if `before` has nothing;
// "N" if `after` is unset (unsubscribed); "" if nothing changed.
std::string AccessDelta(AccessMode before, AccessMode after);

namespace access {
inline constexpr AccessMode kGroupDefault{0x01 | 0x02 | 0x04 | 0x08 | 0x20};           // JRWPS
inline constexpr AccessMode kChannelDefault{0x02 | 0x04 | 0x08 | 0x20};                // RWPS
inline constexpr AccessMode kP2p{0x01 | 0x02 | 0x04 | 0x08 | 0x10};                    // JRWPA
inline constexpr AccessMode kAccountDefault{0x01 | 0x02 | 0x04 | 0x08 | 0x10 | 0x20};  // JRWPAS
inline constexpr AccessMode kSelf{0x01 | 0x08 | 0x20};               // JPS: me, fnd
inline constexpr AccessMode kSlf{0x01 | 0x02 | 0x04 | 0x40 | 0x80};  // JRWDO
inline constexpr AccessMode kFull{0xff};                             // JRWPASDO
inline constexpr AccessMode kSys{0x01 | 0x02 | 0x04 | 0x08 | 0x40};  // JRWPD
inline constexpr AccessMode kReader{0x01 | 0x02 | 0x08};             // JRP
}  // namespace access

// What a topic grants to strangers, by their authentication level.
struct DefaultAccess {
  AccessMode auth = AccessMode::None();
  AccessMode anon = AccessMode::None();
  friend bool operator==(const DefaultAccess&, const DefaultAccess&) = default;
};

}  // namespace molva::model
