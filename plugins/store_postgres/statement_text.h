// A statement of sql_common in the words of PostgreSQL.
#pragma once

#include <string>
#include <string_view>

namespace molva::store_postgres {

// Parameters "?" become "$1", "$2"…, "?3" becomes "$3"; the word `user`, which names tables and
// columns but is reserved, is quoted unless a dot stands before it. Text in quotes stays.
std::string StatementText(std::string_view sql);

}  // namespace molva::store_postgres
