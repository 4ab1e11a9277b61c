// Copies of the whole store.
#pragma once

#include "connection.h"
#include "sql_common/copy_functions.h"

namespace molva::store_postgres {

// New topics get numbers behind those that came with the records.
class ImportEnd final : public sql_common::ImportEnd {
 public:
  explicit ImportEnd(Connection& connection) : connection_(connection) {}
  Outcome Run() override {
    return connection_.ForEach(
        "SELECT setval(pg_get_serial_sequence('topic_key', 'id'), max(id)) FROM topic_key",
        [](const Row&) { return Next::kStop; });
  }

 private:
  Connection& connection_;
};

}  // namespace molva::store_postgres

struct molva_store_export : molva::sql_common::ExportSession<molva::store_postgres::Connection> {};
struct molva_store_import : molva::sql_common::ImportSession<molva::store_postgres::Connection,
                                                             molva::store_postgres::ImportEnd> {};
