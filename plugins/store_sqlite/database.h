// A database that nobody serves from, to look at and change its version.
#pragma once

#include <filesystem>

#include "connection.h"
#include "engine.h"
#include "files.h"
#include "schema.h"

namespace molva::store_sqlite {

class Database {
 public:
  explicit Database(const Options& options) : path_(options.path) {}

  static const sql_common::History& history() { return SchemaHistory(); }
  Connection& connection() { return connection_; }
  Outcome OpenToRead() {
    MOLVA_RETURN_UNLESS_OK(LookForFile());
    return connection_.Open(path_, Access::kReadOnly);
  }
  Outcome OpenToMigrate() {
    MOLVA_RETURN_UNLESS_OK(LookForFile());
    MOLVA_RETURN_UNLESS_OK(files_.Open(path_));
    MOLVA_RETURN_UNLESS_OK(connection_.Open(path_, Access::kReadWrite));
    return connection_.Execute("PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF");
  }

 private:
  Outcome LookForFile() const {
    std::error_code error;  // one that cannot be looked at is told of when it is opened
    if (std::filesystem::exists(path_, error) || error) return Done();
    return {MOLVA_NOT_FOUND, "there is no database " + path_};
  }

  const std::string path_;
  DatabaseFiles files_;
  Connection connection_;
};

}  // namespace molva::store_sqlite
