#include "sql_common/migrations.h"

#include <chrono>
#include <string>
#include <vector>

namespace molva::sql_common {
namespace {

std::int64_t NowMillis() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Outcome Migrator::ReadVersion(std::int64_t* version) {
  *version = 0;
  bool has_versions = false;
  MOLVA_RETURN_UNLESS_OK(connection_.BeginReading());
  Outcome outcome = connection_.ForEach(history_.find_versions, [&](const Row&) {
    has_versions = true;
    return Next::kStop;
  });
  if (outcome.ok() && has_versions) {
    outcome = connection_.ForEach("SELECT coalesce(max(version), 0) FROM schema_version",
                                  [&](const Row& row) {
                                    *version = row.Int64(0);
                                    return Next::kStop;
                                  });
  }
  const Outcome end = connection_.EndReading();
  return outcome.ok() ? end : outcome;
}

Outcome Migrator::ReadTimes(std::int64_t current, std::span<std::int64_t> times) {
  if (current < history_.times_since) return Done();
  MOLVA_RETURN_UNLESS_OK(connection_.BeginReading());
  const Outcome outcome = connection_.ForEach(
      "SELECT version, applied FROM schema_version ORDER BY version", [&](const Row& row) {
        const std::int64_t version = row.Int64(0);
        if (version < 1 || version > newest()) return Next::kContinue;
        times[static_cast<std::size_t>(version - 1)] = row.Time(1);
        return Next::kContinue;
      });
  const Outcome end = connection_.EndReading();
  return outcome.ok() ? end : outcome;
}

template <typename Note>
Outcome Migrator::Run(std::span<const char* const> statements, Note note) {
  MOLVA_RETURN_UNLESS_OK(connection_.BeginWriting());
  Outcome outcome = Done();
  for (const char* statement : statements) {
    if (outcome.ok()) outcome = connection_.Define(statement);
  }
  if (outcome.ok()) outcome = note();
  if (outcome.ok()) outcome = connection_.CommitWriting();
  if (!outcome.ok() && connection_.InTransaction()) connection_.RollBack();
  return outcome;
}

Outcome Migrator::StepUp(std::int64_t version) {
  return Run(At(version).up, [&]() -> Outcome {
    if (version == 1) {
      MOLVA_RETURN_UNLESS_OK(connection_.Define(
          "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)"));
    }
    if (version < history_.times_since) {
      return connection_.Run("INSERT INTO schema_version (version) VALUES (?)", version);
    }
    return connection_.Run("INSERT INTO schema_version (version, applied) VALUES (?, ?)", version,
                           NowMillis());
  });
}

Outcome Migrator::StepDown(std::int64_t version) {
  if (At(version).down.empty()) {
    return {MOLVA_UNSUPPORTED, "there is no way back from version " + std::to_string(version)};
  }
  return Run(At(version).down, [&] {
    return connection_.Run("DELETE FROM schema_version WHERE version = ?", version);
  });
}

Outcome Migrator::StepTo(std::int64_t to) {
  std::int64_t current = 0;
  MOLVA_RETURN_UNLESS_OK(ReadVersion(&current));
  if (current > newest()) {
    return {MOLVA_UNSUPPORTED, "the database has version " + std::to_string(current) +
                                   ", which this program does not know"};
  }
  if (to == current + 1 && to <= newest()) return StepUp(to);
  if (to == current - 1 && to >= 0) return StepDown(current);
  return {MOLVA_UNSUPPORTED,
          "there is no step from version " + std::to_string(current) + " to " + std::to_string(to)};
}

Outcome Migrator::BringUpToDate(bool allowed) {
  std::int64_t current = 0;
  MOLVA_RETURN_UNLESS_OK(ReadVersion(&current));
  if (current > newest()) {
    return {MOLVA_UNSUPPORTED,
            "the database has schema version " + std::to_string(current) +
                ", this plugin knows up to " + std::to_string(newest()) +
                "; the program that wrote it can go back: molvad migrate down --to " +
                std::to_string(newest())};
  }
  // All or none of them, as somebody must look after it anyway.
  for (std::int64_t next = current + 1; current > 0 && next <= newest(); ++next) {
    if (allowed && At(next).pace == MigrationPace::kMoment) continue;
    return {MOLVA_UNSUPPORTED, "the database has schema version " + std::to_string(current) +
                                   "; make a backup, then "
                                   "bring it to version " +
                                   std::to_string(newest()) + ": molvad migrate up"};
  }
  while (current < newest()) MOLVA_RETURN_UNLESS_OK(StepUp(++current));
  return Done();
}

Outcome Migrator::Tell(const molva_version_sink& sink, std::int64_t* current) {
  MOLVA_RETURN_UNLESS_OK(ReadVersion(current));
  std::vector<std::int64_t> times(history_.versions.size(), MOLVA_NO_TIME);
  MOLVA_RETURN_UNLESS_OK(ReadTimes(*current, times));
  for (std::int64_t number = 1; number <= newest(); ++number) {
    const Version& known = At(number);
    molva_version told{};
    told.struct_size = sizeof told;
    told.number = number;
    if (known.pace == MigrationPace::kLong) told.flags |= MOLVA_VERSION_LONG;
    if (known.down.empty()) told.flags |= MOLVA_VERSION_FINAL;
    told.applied = times[static_cast<std::size_t>(number - 1)];
    told.what = sdk::Text(std::string_view(known.what));
    told.lost = sdk::Text(std::string_view(known.lost));
    sink.put(sink.context, &told);
  }
  return Done();
}

}  // namespace molva::sql_common
