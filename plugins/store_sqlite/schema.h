// The tables of the database, and how a database of an older version becomes one of this version.
#pragma once

#include "sql_common/migrations.h"

namespace molva::store_sqlite {

const sql_common::History& SchemaHistory();

}  // namespace molva::store_sqlite
