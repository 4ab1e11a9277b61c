#include "sql_common/tag_list.h"

#include <charconv>

#include "molva/plugin.hpp"

namespace molva::sql_common {

std::string PackTags(molva_texts tags) {
  std::string packed;
  for (std::size_t i = 0; i < tags.count; ++i) {
    packed += std::to_string(tags.items[i].size);
    packed += ':';
    packed += sdk::View(tags.items[i]);
    packed += ',';
  }
  return packed;
}

std::vector<std::string_view> UnpackTags(std::string_view packed) {
  std::vector<std::string_view> tags;
  while (!packed.empty()) {
    std::size_t size = 0;
    const auto parsed = std::from_chars(packed.data(), packed.data() + packed.size(), size);
    const auto digits = static_cast<std::size_t>(parsed.ptr - packed.data());
    if (parsed.ec != std::errc() || size > packed.size() || digits + size + 2 > packed.size())
      break;
    if (packed[digits] != ':' || packed[digits + 1 + size] != ',') break;
    tags.push_back(packed.substr(digits + 1, size));
    packed.remove_prefix(digits + size + 2);
  }
  return tags;
}

}  // namespace molva::sql_common
