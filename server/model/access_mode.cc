#include "model/access_mode.h"

namespace molva::model {
namespace {

constexpr std::string_view kLetters = "JRWPASDO";

std::string Letters(std::uint16_t bits) {
  std::string text;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    if ((bits & (1u << i)) != 0) text += kLetters[i];
  }
  return text;
}

}  // namespace

absl::StatusOr<AccessMode> AccessMode::Parse(std::string_view text) {
  if (text.empty()) return Unset();
  if (text.front() == 'N' || text.front() == 'n') return None();
  std::uint16_t bits = 0;
  for (const char c : text) {
    const char upper = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    const std::size_t at = kLetters.find(upper);
    if (at == std::string_view::npos) return absl::InvalidArgumentError("not an access mode");
    bits = static_cast<std::uint16_t>(bits | 1u << at);
  }
  return AccessMode(bits);
}

std::string AccessMode::ToString() const {
  if (!is_set()) return "";
  return bits_ == 0 ? "N" : Letters(bits_);
}

std::string AccessDelta(AccessMode before, AccessMode after) {
  if (before == after) return "";
  if (!after.is_set()) return "N";
  if (!before.is_set() || before.bits() == 0) return after.ToString();
  const auto added = static_cast<std::uint16_t>(after.bits() & ~before.bits());
  const auto removed = static_cast<std::uint16_t>(before.bits() & ~after.bits());
  std::string delta;
  if (added != 0) delta += "+" + Letters(added);
  if (removed != 0) delta += "-" + Letters(removed);
  return delta;
}

}  // namespace molva::model
