// A database that nobody serves from, to look at and change its version.
#pragma once

#include "claim.h"
#include "connection.h"
#include "options.h"
#include "schema.h"

namespace molva::store_postgres {

class Database {
 public:
  explicit Database(const Options& options) : target_(options.target) {}

  static const sql_common::History& history() { return SchemaHistory(); }
  Connection& connection() { return connection_; }
  Outcome OpenToRead() { return connection_.Open(target_); }
  Outcome OpenToMigrate() {
    MOLVA_RETURN_UNLESS_OK(connection_.Open(target_));
    MOLVA_RETURN_UNLESS_OK(MakeSchema(connection_, target_.schema));
    return Claim::Lock(connection_);
  }

 private:
  const Target target_;
  Connection connection_;
};

}  // namespace molva::store_postgres
