// Storage in one SQLite database: the C table over Engine.
#include <array>

#include "copies.h"
#include "database.h"
#include "engine.h"
#include "molva/declare.hpp"
#include "sql_common/store_functions.h"
#include "sql_common/version_functions.h"

struct molva_store : molva::store_sqlite::Engine {
  using Engine::Engine;
};

namespace molva::store_sqlite {
namespace {

constexpr molva_store_api kApi = sql_common::WithVersions<Database, Options>(
    sql_common::WithCopies<molva_store, molva_store_export, molva_store_import>(
        sql_common::MakeStoreApi<molva_store, Options>()));
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("path", "", "The database; store.sqlite.path or a file in node.data."),
    sdk::NumberSetting("readers", "2", 1, 64, "Threads for queries."),
    sdk::NumberSetting("max_waiting", "65536", 1, 1 << 24,
                       "Batches that wait, and as many queries; more are refused."),
    sdk::BoolSetting("migrate", "true",
                     "Whether a start brings older tables up to date, if that takes but a moment; "
                     "else molvad migrate does."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_STORE, "sqlite", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::store_sqlite

const molva_plugin* molva_plugin_v1() { return &molva::store_sqlite::kPlugin; }
