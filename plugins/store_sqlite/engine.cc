#include "engine.h"

#include "molva/plugin_config.hpp"
#include "reader.h"
#include "schema.h"

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
  std::string error = config.Finish();
  if (error.empty() && options->path.empty()) error = "\"path\" is missing";
  if (!error.empty()) return {MOLVA_MALFORMED, error};
  return Done();
}

Engine::Engine(const molva_store_client& client, sdk::Logger log) : client_(client), log_(log) {}

Engine::~Engine() {
  if (queue_ != nullptr) queue_->Close();
  checkpointer_.reset();
  writer_.reset();
  for (std::thread& reader : readers_) reader.join();
}

Outcome Engine::OpenConnections(const Options& options) {
  MOLVA_RETURN_UNLESS_OK(writing_.Open(options.path, Access::kReadWrite));
  MOLVA_RETURN_UNLESS_OK(writing_.Execute("PRAGMA journal_mode = WAL"));
  MOLVA_RETURN_UNLESS_OK(Prepare(writing_));
  MOLVA_RETURN_UNLESS_OK(Migrate(writing_));
  MOLVA_RETURN_UNLESS_OK(checkpointing_.Open(options.path, Access::kReadWrite));
  return Prepare(checkpointing_);
}

Outcome Engine::Open(const Options& options) {
  MOLVA_RETURN_UNLESS_OK(files_.Open(options.path));
  MOLVA_RETURN_UNLESS_OK(OpenConnections(options));
  for (int i = 0; i < options.readers; ++i) {
    MOLVA_RETURN_UNLESS_OK(reading_.emplace_back().Open(options.path, Access::kReadOnly));
  }
  queue_ = std::make_unique<Queue>(options.max_waiting);
  writer_ = std::make_unique<Writer>(writing_, *queue_, client_, log_);
  checkpointer_ = std::make_unique<Checkpointer>(checkpointing_, *writer_, log_);
  for (Connection& connection : reading_) {
    readers_.emplace_back([this, &connection] { RunReader(connection); });
  }
  return Done();
}

void Engine::Submit(const molva_batch* batches, std::size_t count) {
  const std::size_t added = queue_->AddBatches(batches, count);
  if (added == count) return;  // the array may be gone already
  std::vector<molva_result> refused;
  for (std::size_t i = added; i < count; ++i) {
    refused.push_back({sizeof(molva_result), MOLVA_UNAVAILABLE,
                       MOLVA_AT(molva_batch, batches, i)->token,
                       sdk::Text("too many batches wait")});
  }
  client_.written(client_.context, refused.data(), refused.size());
}

void Engine::Query(const molva_query& query) {
  if (!queue_->AddQuery(&query)) Refuse(query, {MOLVA_UNAVAILABLE, "too many queries wait"});
}

void Engine::Refuse(const molva_query& query, const Outcome& outcome) {
  const molva_result result = {sizeof(molva_result), outcome.code, query.token,
                               sdk::Text(outcome.why)};
  client_.found(client_.context, &result, nullptr, 0);
}

void Engine::RunReader(Connection& connection) {
  Reader reader(connection);
  while (const molva_query* query = queue_->TakeQuery()) {
    RowSet rows;
    const Outcome outcome = reader.Answer(*query, rows);
    if (!outcome.ok()) {
      Refuse(*query, outcome);
      continue;
    }
    const molva_result result = {sizeof(molva_result), MOLVA_OK, query->token, {nullptr, 0}};
    client_.found(client_.context, &result, rows.rows().data(), rows.rows().size());
  }
}

}  // namespace molva::store_sqlite
