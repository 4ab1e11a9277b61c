// Fills an empty store with records of another one.
#pragma once

#include <string>

#include "molva/plugin.hpp"
#include "sql_common/connection.h"
#include "sql_common/portable_record.h"

namespace molva::sql_common {

// What an import does in each database in its own way.
class ImportEnd {
 public:
  // Runs within the last transaction of an import.
  virtual Outcome Run() = 0;

 protected:
  ~ImportEnd() = default;
};

// Each Write is one transaction, which also keeps how far it has come.
//
// Thread:  one at a time, while nobody else writes.
// Borrows: the connection and `end`.
// Errors:  kAlreadyExists: the store has something that no import has put there; kMalformed: no
//          record.
class Importer {
 public:
  Importer(Connection& connection, ImportEnd& end) : connection_(connection), end_(end) {}
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  // *place: of the last record that is in the store already; empty: it begins.
  Outcome Begin(std::string* place);
  Outcome Write(molva_texts records);
  // From now on it is a store like any other, once it has been opened anew.
  Outcome Finish();

 private:
  Outcome InTransaction(Outcome (Importer::*body)(molva_texts), molva_texts records);
  Outcome Insert(molva_texts records);
  Outcome End(molva_texts);
  Outcome CheckEmpty();
  Outcome KeepPlace(std::string_view place);

  Connection& connection_;
  ImportEnd& end_;
};

}  // namespace molva::sql_common
