// The whole store: connections, threads, and the order in which they start and stop.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "claim.h"
#include "connection.h"
#include "health.h"
#include "molva/store_plugin.h"
#include "options.h"
#include "sql_common/intake.h"
#include "writer.h"

namespace molva::store_postgres {

// An open database.
//
// Thread:  Submit and Query from any; the rest from one.
// Borrows: `client`.
class Engine {
 public:
  Engine(const molva_store_client& client, sdk::Logger log) : client_(client), log_(log) {}
  // Answers what waits, then closes.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Outcome Open(const Options& options);
  void Submit(const molva_batch* batches, std::size_t count) { intake_->Submit(batches, count); }
  void Query(const molva_query& query) { intake_->Query(query); }
  // For copies.
  Outcome OpenForExport(Connection& connection) const { return connection.Open(target_); }
  Outcome OpenForImport(Connection& connection) const { return connection.Open(target_); }

 private:
  void WarnOfSettings();
  void RunReader(Connection& connection);
  // Opens the connection if it must; one that breaks during a query is opened again, once.
  Outcome Answer(const molva_query& query, Connection& connection, sql_common::RowSet& rows);

  const molva_store_client& client_;
  sdk::Logger log_;
  Target target_;
  Health health_;
  Claim claim_;
  std::unique_ptr<sql_common::Intake> intake_;
  Connection writing_;
  std::list<Connection> reading_;
  std::unique_ptr<Writer> writer_;
  std::vector<std::thread> readers_;
};

}  // namespace molva::store_postgres
