// Copies of the whole store.
#pragma once

#include "connection.h"
#include "sql_common/copy_functions.h"

namespace molva::store_sqlite {

// Nothing is to be done in this database.
class ImportEnd final : public sql_common::ImportEnd {
 public:
  explicit ImportEnd(Connection& /*connection*/) {}
  Outcome Run() override { return Done(); }
};

}  // namespace molva::store_sqlite

struct molva_store_export : molva::sql_common::ExportSession<molva::store_sqlite::Connection> {};
struct molva_store_import : molva::sql_common::ImportSession<molva::store_sqlite::Connection,
                                                             molva::store_sqlite::ImportEnd> {};
