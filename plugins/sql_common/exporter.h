// Reads everything in a store, as records that any store can take.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "molva/plugin.hpp"
#include "sql_common/connection.h"
#include "sql_common/portable_record.h"

namespace molva::sql_common {

// The key under which a store keeps the place that an unfinished import has come to; no copy has
// it. A host refuses to serve with a store that has one.
inline constexpr std::string_view kImportKey = "store.import";

// Table by table, each in the order of its key; all as it was at Begin.
//
// Thread:  one at a time.
// Borrows: the connection, for itself alone until the end.
// Memory:  one batch of records.
class Exporter {
 public:
  explicit Exporter(Connection& connection) : connection_(connection) {}
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

  // `behind`: a record or a place; empty: from the first record.
  Outcome Begin(molva_text behind);
  // Puts at least one record and as many as `max_bytes` let in; none: there are no more.
  Outcome Read(std::size_t max_bytes, const molva_sink* records);

 private:
  struct Batch;

  // Puts records of the table that it has come to.
  Outcome ReadTable(Batch& batch);

  Connection& connection_;
  std::size_t table_ = 0;  // in AllTables()
  std::string place_;      // the last record that was put of this table; empty: none
};

}  // namespace molva::sql_common
