// The directory and files of the database: private to the server, used by one process at a time.
#pragma once

#include <string>

#include "sql_common/outcome.h"

namespace molva::store_sqlite {

using sdk::Done;
using sql_common::Outcome;

// Holds the lock file beside the database; a second process is refused.
class DatabaseFiles {
 public:
  DatabaseFiles() = default;
  ~DatabaseFiles();
  DatabaseFiles(const DatabaseFiles&) = delete;
  DatabaseFiles& operator=(const DatabaseFiles&) = delete;

  // Makes the directory of `path` (mode 700) and the database file (600) if they are missing, and
  // takes the lock. The log files of SQLite take the mode of the database.
  // Errors: kUnavailable if another process holds the lock or the file system refuses.
  Outcome Open(const std::string& path);

 private:
  int lock_fd_ = -1;
};

}  // namespace molva::store_sqlite
