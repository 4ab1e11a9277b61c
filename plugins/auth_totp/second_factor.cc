#include "second_factor.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "one_time_code.h"

namespace molva::auth_totp {
namespace {

constexpr std::string_view kVersion = "totp1";
// More than can be used within the life of a ticket, each with a code of its own.
constexpr std::size_t kMostUsed = 32;
constexpr char kBase32[] = "abcdefghijklmnopqrstuvwxyz234567";

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text, int base) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return text.empty() ? "-" : text;
}

std::string TextOf(const SecondFactor::Used& used) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%llx:%lld", static_cast<unsigned long long>(used.nonce),
                static_cast<long long>(used.expires));
  return text.data();
}

std::optional<SecondFactor::Used> ReadUsed(std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, ':');
  if (parts.size() != 2) return std::nullopt;
  const auto nonce = ReadNumber<std::uint64_t>(parts[0], 16);
  const auto expires = ReadNumber<std::int64_t>(parts[1], 10);
  if (!nonce.has_value() || !expires.has_value()) return std::nullopt;
  return SecondFactor::Used{*nonce, *expires};
}

// 80 random bits, as "abcd-efgh-ijkl-mnop".
std::string MakeRecoveryCode() {
  std::string code;
  for (int i = 0; i < 16; ++i) {
    if (i > 0 && i % 4 == 0) code += '-';
    code += kBase32[randombytes_uniform(32)];
  }
  return code;
}

// As people type it: in either case, with or without dashes and blanks.
std::string Plain(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

}  // namespace

std::optional<SecondFactor> SecondFactor::Read(const Keys& keys, std::uint64_t user,
                                               std::string_view text) {
  const std::vector<std::string_view> parts = Split(text, ' ');
  if (parts.size() != 5 || parts[0] != kVersion) return std::nullopt;
  std::optional<std::string> secret = keys.Open(user, parts[1]);
  const auto last_step = ReadNumber<std::int64_t>(parts[2], 10);
  if (!secret.has_value() || !last_step.has_value()) return std::nullopt;
  SecondFactor factor(user, *std::move(secret));
  factor.last_step_ = *last_step;
  if (parts[3] != "-") {
    for (const std::string_view hash : Split(parts[3], ',')) factor.recovery_.emplace_back(hash);
  }
  if (parts[4] == "-") return factor;
  for (const std::string_view one : Split(parts[4], ',')) {
    const std::optional<Used> used = ReadUsed(one);
    if (!used.has_value()) return std::nullopt;
    factor.used_.push_back(*used);
  }
  return factor;
}

std::string SecondFactor::Write(const Keys& keys) const {
  std::vector<std::string> used;
  for (const Used& one : used_) used.push_back(TextOf(one));
  return std::string(kVersion) + " " + keys.Seal(user_, secret_) + " " +
         std::to_string(last_step_) + " " + Joined(recovery_) + " " + Joined(used);
}

bool SecondFactor::Take(const Keys& keys, std::string_view code, std::int64_t now_millis) {
  const std::string plain = Plain(code);
  if (const auto step = FindStep(secret_, plain, now_millis, last_step_); step.has_value()) {
    last_step_ = *step;
    return true;
  }
  return std::erase(recovery_, keys.HashOf(user_, plain)) > 0;
}

bool SecondFactor::TakeTicket(std::uint64_t nonce, std::int64_t expires, std::int64_t now_millis) {
  std::erase_if(used_, [now_millis](const Used& used) { return used.expires <= now_millis; });
  const bool is_used = std::any_of(used_.begin(), used_.end(),
                                   [nonce](const Used& used) { return used.nonce == nonce; });
  if (is_used || used_.size() >= kMostUsed) return false;
  used_.push_back({nonce, expires});
  return true;
}

std::vector<std::string> SecondFactor::MakeRecoveryCodes(const Keys& keys) {
  std::vector<std::string> codes;
  recovery_.clear();
  while (codes.size() < kRecoveryCodes) {
    codes.push_back(MakeRecoveryCode());
    recovery_.push_back(keys.HashOf(user_, Plain(codes.back())));
  }
  return codes;
}

}  // namespace molva::auth_totp
