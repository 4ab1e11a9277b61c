// The tables of the database, and how a database of an older version becomes one of this version.
#pragma once

#include "connection.h"
#include "sql_common/outcome.h"

namespace molva::store_sqlite {

// Brings the schema up to date: each missing migration in a transaction of its own.
// Errors: kUnsupported if the database was written by a newer version; nothing is changed then.
Outcome Migrate(Connection& connection);

}  // namespace molva::store_sqlite
