#include "engine.h"

#include "message_words.h"
#include "molva/plugin_config.hpp"
#include "schema.h"
#include "sql_common/reader.h"

namespace molva::store_sqlite {
namespace {

constexpr int kMaxReaders = 64;

// FULL: an acknowledged batch survives a power cut; NORMAL would not sync at each commit.
Outcome Prepare(Connection& connection) {
  return connection.Execute(
      "PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA foreign_keys = OFF");
}

}  // namespace

Outcome ParseOptions(molva_text text, Options* options) {
  sdk::Config config(text);
  options->path = config.Text("path", "");
  options->readers = static_cast<int>(config.Integer("readers", options->readers, 1, kMaxReaders));
  options->max_waiting = static_cast<std::size_t>(
      config.Integer("max_waiting", static_cast<std::int64_t>(options->max_waiting), 1, 1 << 24));
  options->migrate = config.Flag("migrate", options->migrate);
  std::string error = config.Finish();
  if (error.empty() && options->path.empty()) error = "\"path\" is missing";
  if (!error.empty()) return {MOLVA_MALFORMED, error};
  return Done();
}

Engine::Engine(const molva_store_client& client, sdk::Logger log) : client_(client), log_(log) {}

Engine::~Engine() {
  if (intake_ != nullptr) intake_->queue().Close();
  checkpointer_.reset();
  writer_.reset();
  for (std::thread& reader : readers_) reader.join();
}

Outcome Engine::OpenConnections(const Options& options) {
  MOLVA_RETURN_UNLESS_OK(writing_.Open(options.path, Access::kReadWrite));
  MOLVA_RETURN_UNLESS_OK(writing_.Execute("PRAGMA journal_mode = WAL"));
  MOLVA_RETURN_UNLESS_OK(Prepare(writing_));
  MOLVA_RETURN_UNLESS_OK(
      sql_common::Migrator(writing_, SchemaHistory()).BringUpToDate(options.migrate));
  MOLVA_RETURN_UNLESS_OK(checkpointing_.Open(options.path, Access::kReadWrite));
  return Prepare(checkpointing_);
}

Outcome Engine::OpenForExport(Connection& connection) const {
  return connection.Open(path_, Access::kReadOnly);
}

Outcome Engine::OpenForImport(Connection& connection) const {
  MOLVA_RETURN_UNLESS_OK(connection.Open(path_, Access::kReadWrite));
  return Prepare(connection);
}

Outcome Engine::Open(const Options& options) {
  path_ = options.path;
  MOLVA_RETURN_UNLESS_OK(files_.Open(options.path));
  MOLVA_RETURN_UNLESS_OK(OpenConnections(options));
  for (int i = 0; i < options.readers; ++i) {
    MOLVA_RETURN_UNLESS_OK(reading_.emplace_back().Open(options.path, Access::kReadOnly));
  }
  intake_ = std::make_unique<sql_common::Intake>(client_, options.max_waiting);
  writer_ = std::make_unique<Writer>(writing_, *intake_, log_);
  checkpointer_ = std::make_unique<Checkpointer>(checkpointing_, *writer_, log_);
  for (Connection& connection : reading_) {
    readers_.emplace_back([this, &connection] { RunReader(connection); });
  }
  return Done();
}

void Engine::RunReader(Connection& connection) {
  MessageWords words(connection);
  sql_common::Reader reader(connection, words);
  intake_->ServeQueries(reader);
}

}  // namespace molva::store_sqlite
