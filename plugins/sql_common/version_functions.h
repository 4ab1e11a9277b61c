// The functions of the C contract that look after the versions of a store's tables, for any store
// with SQL behind it.
#pragma once

#include "molva/store_plugin.h"
#include "sql_common/migrations.h"

namespace molva::sql_common {

// `Database` is what a store gives: Database(const Options&), Outcome OpenToRead(),
// Outcome OpenToMigrate(), which keeps everybody else out, Connection& connection(), and the
// static const History& history(). Beside Options is ParseOptions(molva_text, Options*).
template <typename Database, typename Options>
molva_code TellVersions(const molva_host* /*host*/, molva_text config,
                        const molva_version_sink* versions, int64_t* current,
                        const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    Options options;
    MOLVA_RETURN_UNLESS_OK(ParseOptions(config, &options));
    Database database(options);
    MOLVA_RETURN_UNLESS_OK(database.OpenToRead());
    return Migrator(database.connection(), Database::history()).Tell(*versions, current);
  });
}

template <typename Database, typename Options>
molva_code StepToVersion(const molva_host* /*host*/, molva_text config, int64_t to,
                         const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    Options options;
    MOLVA_RETURN_UNLESS_OK(ParseOptions(config, &options));
    Database database(options);
    MOLVA_RETURN_UNLESS_OK(database.OpenToMigrate());
    return Migrator(database.connection(), Database::history()).StepTo(to);
  });
}

// The table with these functions too.
template <typename Database, typename Options>
constexpr molva_store_api WithVersions(molva_store_api api) {
  api.versions = &TellVersions<Database, Options>;
  api.migrate = &StepToVersion<Database, Options>;
  return api;
}

}  // namespace molva::sql_common
