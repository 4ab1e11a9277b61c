// The rows of one answer, with all they point to.
#pragma once

#include <cstring>
#include <memory_resource>
#include <string_view>
#include <vector>

#include "molva/plugin.hpp"
#include "molva/store_plugin.h"

namespace molva::sql_common {

// Memory that grows with the answer and goes with it. Everything made here stays in place.
class RowSet {
 public:
  RowSet() = default;
  RowSet(const RowSet&) = delete;
  RowSet& operator=(const RowSet&) = delete;

  molva_text Copy(std::string_view text) {
    if (text.empty()) return {nullptr, 0};
    char* data = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::memcpy(data, text.data(), text.size());
    return {data, text.size()};
  }
  // A struct of the contract, sized and otherwise zero.
  template <typename Struct>
  Struct* Make() {
    return new (memory_.allocate(sizeof(Struct), alignof(Struct))) Struct(sdk::Sized<Struct>());
  }
  // Copies the list, not the texts.
  molva_texts CopyList(const std::vector<molva_text>& texts) {
    return {CopyArray(texts), texts.size()};
  }
  template <typename T>
  const T* CopyArray(const std::vector<T>& items) {
    if (items.empty()) return nullptr;
    void* data = memory_.allocate(items.size() * sizeof(T), alignof(T));
    std::memcpy(data, items.data(), items.size() * sizeof(T));
    return static_cast<const T*>(data);
  }

  molva_row& AddRow() { return rows_.emplace_back(sdk::Sized<molva_row>()); }
  std::vector<molva_row>& rows() { return rows_; }

 private:
  std::pmr::monotonic_buffer_resource memory_{16384};
  std::vector<molva_row> rows_;
};

}  // namespace molva::sql_common
