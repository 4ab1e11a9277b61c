#include "tests/contract/store/makes.h"

#include <fmt/core.h>

#include "tests/contract/store/postgres_server.h"

namespace molva::test {

const std::vector<Make>& AllMakes() {
  static const std::vector<Make> kMakes = {Make::kMemory, Make::kSqlite, Make::kPostgres,
                                           Make::kFaulty};
  return kMakes;
}

const std::vector<Make>& PluginMakes() {
  static const std::vector<Make> kMakes = {Make::kSqlite, Make::kPostgres, Make::kFaulty};
  return kMakes;
}

const std::vector<Make>& DurableMakes() {
  static const std::vector<Make> kMakes = {Make::kSqlite, Make::kPostgres};
  return kMakes;
}

std::string LibraryOf(Make make) {
  switch (make) {
    case Make::kFaulty:
      return MOLVA_STORE_FAULTY;
    case Make::kElder:
      return MOLVA_STORE_ELDER;
    case Make::kPostgres:
      return MOLVA_STORE_POSTGRES;
    default:
      return MOLVA_STORE_SQLITE;
  }
}

std::string ConfigOf(Make make, const StorePlace& place, const std::string& more) {
  if (make == Make::kPostgres) {
    return fmt::format(R"({{"dsn": "{}", "schema": "{}"{}}})", PostgresDsn(), place.schema, more);
  }
  const std::string inner =
      make == Make::kSqlite ? "" : fmt::format(R"(, "inner": "{}")", MOLVA_STORE_SQLITE);
  const char* twice = make == Make::kFaulty ? R"(, "twice": true)" : "";
  return fmt::format(R"({{"path": "{}"{}{}{}}})", place.database, inner, twice, more);
}

}  // namespace molva::test
