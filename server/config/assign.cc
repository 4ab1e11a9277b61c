#include "config/assign.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "base/strings.h"

namespace molva::config {
namespace {

constexpr std::string_view kFileSuffix = "_file";

}  // namespace

const Setting* FindSecretOfFile(Rows rows, std::string_view name) {
  if (!name.ends_with(kFileSuffix)) return nullptr;
  const Setting* row = FindSetting(rows, name.substr(0, name.size() - kFileSuffix.size()));
  return row != nullptr && row->type == Type::kSecret ? row : nullptr;
}

void AssignText(const Setting& row, std::string_view text, Origin origin, std::string_view place,
                Config& config, Problems& problems) {
  absl::StatusOr<Value> value = ParseValue(row, text);
  if (value.ok()) {
    config.Set(row.name, *std::move(value), origin);
  } else {
    problems.push_back({std::string(place), std::string(base::ToStd(value.status().message()))});
  }
}

void AssignValue(const Setting& row, Value value, Origin origin, std::string_view place,
                 Config& config, Problems& problems) {
  if (const absl::Status range = CheckRange(row, value); !range.ok()) {
    problems.push_back({std::string(place), std::string(base::ToStd(range.message()))});
    return;
  }
  config.Set(row.name, std::move(value), origin);
}

void AssignSecretFile(const Setting& row, const std::string& path, Origin origin,
                      std::string_view place, Config& config, Problems& problems) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    problems.push_back(
        {std::string(place), fmt::format("{}_file names {}, which cannot be read: {}", row.name,
                                         path, std::strerror(errno))});
    return;
  }
  std::string text(kMaxSecretBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxSecretBytes) {
    problems.push_back({std::string(place), fmt::format("{}_file names {}, which is over {} bytes",
                                                        row.name, path, kMaxSecretBytes)});
    return;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  AssignText(row, text, origin, place, config, problems);
}

}  // namespace molva::config
