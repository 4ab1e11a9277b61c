// Storage in one PostgreSQL database: the C table over Engine.
#include <array>

#include "copies.h"
#include "database.h"
#include "engine.h"
#include "molva/declare.hpp"
#include "sql_common/store_functions.h"
#include "sql_common/version_functions.h"

struct molva_store : molva::store_postgres::Engine {
  using Engine::Engine;
};

namespace molva::store_postgres {
namespace {

constexpr molva_store_api kApi = sql_common::WithVersions<Database, Options>(
    sql_common::WithCopies<molva_store, molva_store_export, molva_store_import>(
        sql_common::MakeStoreApi<molva_store, Options>()));
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("dsn", nullptr, "The server, as libpq writes it or as postgresql://."),
    sdk::TextSetting("password_file", "", "A file whose first line is the password."),
    sdk::TextSetting("password_env", "", "A variable of the environment with the password."),
    sdk::TextSetting("schema", "molva", "Made if it is missing; one node per schema."),
    sdk::NumberSetting("readers", "", 1, 64, "Connections for queries; as many as cores, 2 to 16."),
    sdk::NumberSetting("statement_timeout_ms", "30000", 100, 3600000,
                       "The server ends what takes longer."),
    sdk::NumberSetting("connect_timeout_s", "5", 1, 60, "For each host."),
    sdk::NumberSetting("max_waiting", "65536", 1, 1 << 24,
                       "Batches that wait, and as many queries; more are refused."),
    sdk::BoolSetting("migrate", "true",
                     "Whether a start brings older tables up to date, if that takes but a moment; "
                     "else molvad migrate does."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_STORE, "postgres", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::store_postgres

const molva_plugin* molva_plugin_v1() { return &molva::store_postgres::kPlugin; }
