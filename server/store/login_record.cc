#include "store/login_record.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_split.h>
#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "base/strings.h"

namespace molva::store {
namespace {

constexpr std::size_t kMostTextBytes = 512;

std::optional<absl::Time> ReadTime(absl::string_view text) {
  std::int64_t millis = 0;
  if (!absl::SimpleAtoi(text, &millis)) return std::nullopt;
  return absl::FromUnixMillis(millis);
}

}  // namespace

std::string LoginPrefix(model::UserId user) { return fmt::format("login/{}/", user.ToString()); }

std::string LoginKey(model::UserId user, std::uint64_t id) {
  return LoginPrefix(user) + LoginText(id);
}

std::string LoginText(std::uint64_t id) { return base::EncodeId(id); }

std::string LoginLine(std::string_view text) {
  std::string line(text.substr(0, kMostTextBytes));
  while (!base::IsValidUtf8(line)) line.pop_back();  // cut within a character
  std::replace_if(
      line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return line;
}

std::string LoginValue(const LoginRecord& login) {
  return fmt::format("{} {} {}\n{}\n{}\n{}", absl::ToUnixMillis(login.created),
                     absl::ToUnixMillis(login.seen), absl::ToUnixMillis(login.expires),
                     LoginLine(login.user_agent), LoginLine(login.platform),
                     LoginLine(login.device_id));
}

std::optional<LoginRecord> ReadLogin(std::string_view key, std::string_view value) {
  const std::size_t slash = key.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::optional<std::uint64_t> id = base::DecodeId(key.substr(slash + 1));
  const std::vector<std::string> lines = absl::StrSplit(base::ToAbsl(value), '\n');
  if (!id.has_value() || *id == 0 || lines.size() != 4) return std::nullopt;
  const std::vector<absl::string_view> times = absl::StrSplit(lines[0], ' ');
  if (times.size() != 3) return std::nullopt;
  const std::optional<absl::Time> created = ReadTime(times[0]);
  const std::optional<absl::Time> seen = ReadTime(times[1]);
  const std::optional<absl::Time> expires = ReadTime(times[2]);
  if (!created.has_value() || !seen.has_value() || !expires.has_value()) return std::nullopt;
  return LoginRecord{*id, *created, *seen, *expires, lines[1], lines[2], lines[3]};
}

}  // namespace molva::store
