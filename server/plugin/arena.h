// The memory behind the C structs of one call to a plugin.
#pragma once

#include <cstring>
#include <deque>
#include <memory_resource>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "molva/plugin.hpp"

namespace molva::plugin {

// Everything made here stays in place until the arena goes.
class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  // A struct of the contract, sized and otherwise zero.
  template <typename Struct>
  Struct* Make() {
    static_assert(std::is_trivially_destructible_v<Struct>);
    return new (memory_.allocate(sizeof(Struct), alignof(Struct))) Struct(sdk::Sized<Struct>());
  }
  template <typename T>
  T* MakeArray(std::size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return nullptr;
    return new (memory_.allocate(count * sizeof(T), alignof(T))) T[count]();
  }
  // Keeps text that exists nowhere else.
  molva_text Keep(std::string text) { return sdk::Text(texts_.emplace_back(std::move(text))); }
  // Borrows the texts.
  molva_texts List(const std::vector<std::string>& texts) {
    molva_text* items = MakeArray<molva_text>(texts.size());
    for (std::size_t i = 0; i < texts.size(); ++i) items[i] = sdk::Text(texts[i]);
    return {items, texts.size()};
  }

 private:
  std::pmr::monotonic_buffer_resource memory_{1024};
  std::deque<std::string> texts_;
};

}  // namespace molva::plugin
