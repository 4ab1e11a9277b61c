// Hash maps keyed by text that can be searched by std::string_view on Debian's Abseil.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <functional>
#include <string>
#include <string_view>

namespace molva::base {

struct StringHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>{}(text);
  }
};

// flat_hash_map<std::string, T> whose find() takes any text without making a std::string.
template <typename T>
using StringMap = absl::flat_hash_map<std::string, T, StringHash, std::equal_to<>>;

}  // namespace molva::base
