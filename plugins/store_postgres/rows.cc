#include "rows.h"

#include <libpq-fe.h>

namespace molva::store_postgres {
namespace {

constexpr Oid kInt8 = 20;
constexpr Oid kFromContext = 0;

}  // namespace

bool ResultRow::IsNull(int column) const { return PQgetisnull(result_, 0, column) != 0; }

std::int64_t ResultRow::Int64(int column) const {
  const std::string_view bytes = Text(column);
  std::uint64_t bits = 0;
  for (const char byte : bytes) bits = bits << 8 | static_cast<unsigned char>(byte);
  switch (bytes.size()) {
    case 2:
      return static_cast<std::int16_t>(bits);
    case 4:
      return static_cast<std::int32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

std::string_view ResultRow::Text(int column) const {
  return {PQgetvalue(result_, 0, column),
          static_cast<std::size_t>(PQgetlength(result_, 0, column))};
}

Parameters::Parameters(std::span<const sql_common::Value> values)
    : integers_(values.size()),
      types_(values.size(), kFromContext),
      data_(values.size(), nullptr),
      sizes_(values.size(), 0),
      formats_(values.size(), kBinary) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const sql_common::Value& value = values[i];
    if (value.kind == sql_common::Value::Kind::kInteger) {
      types_[i] = kInt8;
      const auto bits = static_cast<std::uint64_t>(value.integer);
      for (std::size_t k = 0; k < 8; ++k) {
        integers_[i][k] = static_cast<char>(bits >> (56 - 8 * k) & 0xff);
      }
      if (!value.is_null) data_[i] = integers_[i].data();
      sizes_[i] = 8;
    } else if (!value.is_null) {
      data_[i] = value.bytes.data == nullptr ? "" : value.bytes.data;
      sizes_[i] = static_cast<int>(value.bytes.size);
    }
  }
}

}  // namespace molva::store_postgres
