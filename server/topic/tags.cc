#include "topic/tags.h"

#include <algorithm>

#include "base/strings.h"
#include "model/raw_json.h"

namespace molva::topic {
namespace {

bool StartsWell(std::string_view tag) {
  const auto first = static_cast<unsigned char>(tag.front());
  // Letters beyond ASCII are letters too.
  return (first >= '0' && first <= '9') || (first >= 'a' && first <= 'z') || first >= 0x80;
}

bool IsReserved(std::string_view tag, const std::vector<std::string>& reserved) {
  const std::string_view ns = TagNamespace(tag);
  return !ns.empty() && std::find(reserved.begin(), reserved.end(), ns) != reserved.end();
}

}  // namespace

std::vector<std::string> NormaliseTags(const std::vector<std::string>& tags, const Limits& limits) {
  std::vector<std::string> clean;
  for (std::size_t i = 0; i < std::min(tags.size(), limits.max_tags); ++i) {
    const std::string tag = base::AsciiLower(base::TrimAscii(tags[i]));
    if (tag == model::kClearMark) return {};
    if (tag.size() < limits.min_tag_length || tag.size() > limits.max_tag_length) continue;
    if (StartsWell(tag)) clean.push_back(tag);
  }
  std::sort(clean.begin(), clean.end());
  clean.erase(std::unique(clean.begin(), clean.end()), clean.end());
  return clean;
}

std::string_view TagNamespace(std::string_view tag) {
  const std::size_t colon = tag.find(':');
  return colon == std::string_view::npos ? std::string_view() : tag.substr(0, colon);
}

bool HasReservedTag(const std::vector<std::string>& tags,
                    const std::vector<std::string>& reserved_namespaces) {
  return std::any_of(tags.begin(), tags.end(),
                     [&](const std::string& tag) { return IsReserved(tag, reserved_namespaces); });
}

std::vector<std::string> ReservedTags(const std::vector<std::string>& tags,
                                      const std::vector<std::string>& reserved_namespaces) {
  std::vector<std::string> found;
  std::copy_if(tags.begin(), tags.end(), std::back_inserter(found),
               [&](const std::string& tag) { return IsReserved(tag, reserved_namespaces); });
  return found;
}

TagDifference CompareTags(const std::vector<std::string>& before,
                          const std::vector<std::string>& after) {
  std::vector<std::string> difference;
  std::set_difference(after.begin(), after.end(), before.begin(), before.end(),
                      std::back_inserter(difference));
  const auto added = static_cast<std::int64_t>(difference.size());
  difference.clear();
  std::set_difference(before.begin(), before.end(), after.begin(), after.end(),
                      std::back_inserter(difference));
  return {added, static_cast<std::int64_t>(difference.size())};
}

model::JsonFields TagParams(const TagDifference& difference) {
  model::JsonFields params;
  if (difference.added > 0) params.emplace_back("added", model::JsonNumber(difference.added));
  if (difference.removed > 0) params.emplace_back("removed", model::JsonNumber(difference.removed));
  return params;
}

}  // namespace molva::topic
