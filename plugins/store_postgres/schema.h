// The tables of the database, and how a database of an older version becomes one of this version.
#pragma once

#include <string>

#include "connection.h"

namespace molva::store_postgres {

// Makes the schema if it is missing. Nothing happens to one that is there.
Outcome MakeSchema(Connection& connection, const std::string& schema);

// Brings the schema up to date: each missing migration in a transaction of its own.
// Errors: kUnsupported if the database was written by a newer version; nothing is changed then.
Outcome Migrate(Connection& connection);

}  // namespace molva::store_postgres
