#include "app/ice_servers.h"

#include <fmt/core.h>

#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/status_macros.h"
#include "base/strings.h"
#include "wire/decode_limits.h"
#include "wire/json_value.h"

namespace molva::app {
namespace {

// Every session gets the list with its first reply.
constexpr std::size_t kMaxFileBytes = 16 * 1024;

absl::Status Wrong(std::string_view setting, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", setting, why));
}

bool IsUrl(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return false;
  const std::string_view scheme = text.substr(0, colon);
  return scheme == "stun" || scheme == "stuns" || scheme == "turn" || scheme == "turns";
}

// The items of the array in the file, without its brackets.
absl::StatusOr<std::string> ReadItems(const std::string& path) {
  constexpr std::string_view kSetting = "calls.ice_file";
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxFileBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0) return Wrong(kSetting, fmt::format("cannot read {}", path));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxFileBytes) {
    return Wrong(kSetting, fmt::format("{} is over {} bytes", path, kMaxFileBytes));
  }
  model::RawJson value;
  const bool is_value =
      wire::JsonValueChecker(wire::DecodeLimits{}.max_depth).Read(text, value).ok();
  if (!is_value || !value.text.starts_with('[')) {
    return Wrong(kSetting, fmt::format("{} is no JSON array", path));
  }
  const std::string_view inside = std::string_view(value.text).substr(1, value.text.size() - 2);
  const std::string_view items = base::TrimAscii(inside);
  if (items.empty() || !items.starts_with('{') || items.find("\"urls\"") == items.npos) {
    return Wrong(kSetting, fmt::format("{} names no servers with their urls", path));
  }
  return std::string(items);
}

}  // namespace

absl::StatusOr<model::RawJson> IceServersOf(const config::Config& config) {
  const std::vector<std::string>& urls = config.List("calls.ice_servers");
  for (const std::string& url : urls) {
    if (!IsUrl(url)) return Wrong("calls.ice_servers", fmt::format("{} is no stun: URL", url));
  }
  std::string items;
  if (!urls.empty()) items = fmt::format("{{\"urls\":{}}}", model::JsonTextArray(urls).text);
  if (const std::string& path = config.Text("calls.ice_file"); !path.empty()) {
    MOLVA_ASSIGN_OR_RETURN(const std::string more, ReadItems(path));
    if (!items.empty()) items += ',';
    items += more;
  }
  return items.empty() ? model::RawJson{} : model::RawJson{"[" + items + "]"};
}

}  // namespace molva::app
