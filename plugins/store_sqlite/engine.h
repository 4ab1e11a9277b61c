// The whole store: connections, threads, and the order in which they start and stop.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "checkpointer.h"
#include "connection.h"
#include "files.h"
#include "molva/store_plugin.h"
#include "sql_common/intake.h"
#include "writer.h"

namespace molva::store_sqlite {

struct Options {
  std::string path;
  int readers = 2;                  // threads that answer queries
  std::size_t max_waiting = 65536;  // batches, and as many queries; more are refused
  bool migrate = true;              // bring older tables up to date, if that takes but a moment
};

// Reads the options from the JSON object of the configuration.
// Errors: kMalformed for bad JSON, an unknown key or a value out of range.
Outcome ParseOptions(molva_text config, Options* options);

// An open database.
//
// Thread:  Submit and Query from any; the rest from one.
// Borrows: `client`.
class Engine {
 public:
  Engine(const molva_store_client& client, sdk::Logger log);
  // Answers what waits, then closes.
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Outcome Open(const Options& options);
  void Submit(const molva_batch* batches, std::size_t count) { intake_->Submit(batches, count); }
  void Query(const molva_query& query) { intake_->Query(query); }
  // For copies.
  Outcome OpenForExport(Connection& connection) const;
  Outcome OpenForImport(Connection& connection) const;

 private:
  Outcome OpenConnections(const Options& options);
  void RunReader(Connection& connection);

  const molva_store_client& client_;
  sdk::Logger log_;
  std::string path_;
  DatabaseFiles files_;
  std::unique_ptr<sql_common::Intake> intake_;
  Connection writing_;
  Connection checkpointing_;
  std::list<Connection> reading_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<Checkpointer> checkpointer_;
  std::vector<std::thread> readers_;
};

}  // namespace molva::store_sqlite
