// Text codings and small text helpers; the one bridge between std:: and absl:: string views.
#pragma once

#include <absl/strings/string_view.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace molva::base {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

// Standard alphabet with padding (RFC 4648 §4): secrets and tokens on the wire.
std::string EncodeBase64(std::string_view bytes);
// Takes the standard and the URL alphabet, padded or not; nullopt for anything else.
std::optional<std::string> DecodeBase64(std::string_view text);

// 64 bits as 11 characters of the URL alphabet, little-endian, no padding: ids on the wire.
std::string EncodeId(std::uint64_t bits);
std::optional<std::uint64_t> DecodeId(std::string_view text);

// Lower-cases ASCII letters; other bytes stay.
std::string AsciiLower(std::string_view text);
std::string_view TrimAscii(std::string_view text);
// The words between runs of `separator`, none of them empty.
std::vector<std::string_view> SplitWords(std::string_view text, char separator);
bool IsValidUtf8(std::string_view text);

}  // namespace molva::base
