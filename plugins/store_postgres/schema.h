// The tables of the database, and how a database of an older version becomes one of this version.
#pragma once

#include <string>

#include "connection.h"
#include "sql_common/migrations.h"

namespace molva::store_postgres {

// Makes the schema if it is missing. Nothing happens to one that is there.
Outcome MakeSchema(Connection& connection, const std::string& schema);

const sql_common::History& SchemaHistory();

}  // namespace molva::store_postgres
