// The text form of a user's id, by which foreign names are ordered.
#pragma once

#include <cstdint>
#include <string>

namespace molva::sql_common {

// "usr" and 11 characters of the URL alphabet of base64: 8 bytes, little-endian, no padding.
// Source: molva/store_plugin.h, MOLVA_LIST_FOREIGN_NAMES.
std::string UserName(std::uint64_t id);

}  // namespace molva::sql_common
