#include "engine.h"

#include "message_words.h"
#include "schema.h"
#include "sql_common/reader.h"

namespace molva::store_postgres {

Engine::~Engine() {
  if (intake_ != nullptr) intake_->queue().Close();
  writer_.reset();
  for (std::thread& reader : readers_) reader.join();
}

Outcome Engine::Open(const Options& options) {
  target_ = options.target;
  MOLVA_RETURN_UNLESS_OK(writing_.Open(target_));
  MOLVA_RETURN_UNLESS_OK(MakeSchema(writing_, target_.schema));
  MOLVA_RETURN_UNLESS_OK(Claim::Lock(writing_));
  MOLVA_RETURN_UNLESS_OK(
      sql_common::Migrator(writing_, SchemaHistory()).BringUpToDate(options.migrate));
  MOLVA_RETURN_UNLESS_OK(claim_.Take(writing_));
  WarnOfSettings();
  for (int i = 0; i < options.readers; ++i) {
    MOLVA_RETURN_UNLESS_OK(reading_.emplace_back().Open(target_));
  }
  intake_ = std::make_unique<sql_common::Intake>(client_, options.max_waiting);
  writer_ = std::make_unique<Writer>(target_, writing_, claim_, *intake_, health_, log_);
  for (Connection& connection : reading_) {
    readers_.emplace_back([this, &connection] { RunReader(connection); });
  }
  return Done();
}

void Engine::WarnOfSettings() {
  bool has_fsync = true;
  Outcome outcome = writing_.BeginReading();
  if (outcome.ok()) {
    outcome =
        writing_.ForEach("SELECT current_setting('fsync') = 'on'", [&has_fsync](const Row& row) {
          has_fsync = row.Int64(0) != 0;
          return Next::kStop;
        });
  }
  if (outcome.ok()) outcome = writing_.EndReading();
  if (!outcome.ok()) log_.Warning("cannot read the settings of the server: " + outcome.why);
  if (!has_fsync) {
    log_.Warning("the server runs with fsync off: what is acknowledged may be lost with the power");
  }
}

Outcome Engine::Answer(const molva_query& query, Connection& connection, sql_common::RowSet& rows) {
  if (health_.is_down()) return {MOLVA_UNAVAILABLE, "the database cannot be reached"};
  if (!connection.is_open()) MOLVA_RETURN_UNLESS_OK(connection.Open(target_));
  MessageWords words(connection);
  return sql_common::Reader(connection, words).Answer(query, rows);
}

void Engine::RunReader(Connection& connection) {
  while (const molva_query* query = intake_->queue().TakeQuery()) {
    sql_common::RowSet rows;
    const bool was_open = connection.is_open();
    const Outcome outcome = Answer(*query, connection, rows);
    if (outcome.ok() || connection.is_open() || !was_open) {
      intake_->AnswerQuery(*query, outcome, rows);
      continue;
    }
    // The connection broke, perhaps long ago. A query may be asked again.
    sql_common::RowSet fresh;
    intake_->AnswerQuery(*query, Answer(*query, connection, fresh), fresh);
  }
}

}  // namespace molva::store_postgres
