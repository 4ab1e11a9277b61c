// What the five letters of an error of PostgreSQL mean to whoever asked.
#pragma once

#include <string_view>

#include "molva/plugin.h"

namespace molva::store_postgres {

// Source: PostgreSQL 15, appendix A.
molva_code CodeOf(std::string_view sql_state);

}  // namespace molva::store_postgres
