// Values in the binary form of PostgreSQL.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "sql_common/connection.h"

// Of libpq.
struct pg_result;

namespace molva::store_postgres {

// What libpq calls the format of all values here.
inline constexpr int kBinary = 1;

// The first row of a result in binary form.
class ResultRow final : public sql_common::Row {
 public:
  explicit ResultRow(const pg_result* result) : result_(result) {}
  bool IsNull(int column) const override;
  // Any integer or boolean; 0 for NULL.
  std::int64_t Int64(int column) const override;
  std::string_view Text(int column) const override;

 private:
  const pg_result* result_;
};

// Parameters as libpq takes them; borrows their bytes.
class Parameters {
 public:
  explicit Parameters(std::span<const sql_common::Value> values);
  int count() const { return static_cast<int>(data_.size()); }
  // Integers are 8 bytes; of all else the server knows the type from where it stands.
  const unsigned int* types() const { return types_.data(); }
  const char* const* data() const { return data_.data(); }
  const int* sizes() const { return sizes_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  std::vector<std::array<char, 8>> integers_;
  std::vector<unsigned int> types_;
  std::vector<const char*> data_;
  std::vector<int> sizes_;
  std::vector<int> formats_;
};

}  // namespace molva::store_postgres
