// The steps between versions of tables, on a real SQLite database.
#include "sql_common/migrations.h"

#include <array>
#include <filesystem>

#include "store_sqlite/connection.h"
#include "tests/support/catch.h"

namespace molva::sql_common {
namespace {

using store_sqlite::Access;

constexpr const char* kFirst[] = {"CREATE TABLE thing (id INTEGER)"};
constexpr const char* kSecond[] = {"ALTER TABLE schema_version ADD COLUMN applied INTEGER"};
constexpr const char* kBackFromSecond[] = {"ALTER TABLE schema_version DROP COLUMN applied"};
constexpr const char* kThird[] = {"ALTER TABLE thing ADD COLUMN name TEXT",
                                  "UPDATE thing SET name = 'thing ' || id"};
constexpr const char* kBackFromThird[] = {"ALTER TABLE thing DROP COLUMN name"};
constexpr const char* kBroken[] = {"CREATE TABLE other (id INTEGER)",
                                   "INSERT INTO nowhere VALUES (1)"};

constexpr auto kVersions = std::to_array<Version>({
    {"things", "", MigrationPace::kMoment, kFirst, {}},
    {"times", "", MigrationPace::kMoment, kSecond, kBackFromSecond},
    {"names", "the names of things", MigrationPace::kLong, kThird, kBackFromThird},
    {"what does not work", "", MigrationPace::kMoment, kBroken, {}},
});

constexpr const char* kFind = "SELECT 1 FROM sqlite_master WHERE name = 'schema_version'";

// A database in memory, and the first `known` versions of what there is to know.
struct Fixture {
  explicit Fixture(std::size_t known)
      : history{kFind, 2, std::span(kVersions).first(known)}, migrator(connection, history) {
    REQUIRE(connection.Open(":memory:", Access::kReadWrite).ok());
  }
  void Learn(std::size_t known) { history.versions = std::span(kVersions).first(known); }
  std::int64_t current() {
    std::int64_t version = -1;
    const molva_version_sink nobody{nullptr, [](void*, const molva_version*) {}};
    REQUIRE(migrator.Tell(nobody, &version).ok());
    return version;
  }
  std::int64_t Number(const char* sql) {
    std::int64_t number = -1;
    REQUIRE(connection
                .ForEach(sql,
                         [&](const Row& row) {
                           number = row.Int64(0);
                           return Next::kStop;
                         })
                .ok());
    return number;
  }

  store_sqlite::Connection connection;
  History history;
  Migrator migrator;
};

TEST_CASE("an empty database gets all tables, however long that would take", "[migrations]") {
  Fixture f(3);
  CHECK(f.current() == 0);
  CHECK(f.migrator.BringUpToDate(false).ok());
  CHECK(f.current() == 3);
  CHECK(f.migrator.BringUpToDate(false).ok());
}

TEST_CASE("what takes but a moment is done at a start, if that is allowed", "[migrations]") {
  Fixture f(1);
  REQUIRE(f.migrator.BringUpToDate(true).ok());
  f.Learn(2);
  const Outcome refused = f.migrator.BringUpToDate(false);
  CHECK(refused.code == MOLVA_UNSUPPORTED);
  CHECK(refused.why.find("molvad migrate up") != std::string::npos);
  CHECK(f.current() == 1);
  CHECK(f.migrator.BringUpToDate(true).ok());
  CHECK(f.current() == 2);
}

TEST_CASE("what takes long waits for the operator, and all that comes with it", "[migrations]") {
  Fixture f(1);
  REQUIRE(f.migrator.BringUpToDate(true).ok());
  f.Learn(3);
  CHECK(f.migrator.BringUpToDate(true).code == MOLVA_UNSUPPORTED);
  CHECK(f.current() == 1);
  REQUIRE(f.connection.Run("INSERT INTO thing (id) VALUES (7)").ok());
  REQUIRE(f.migrator.StepTo(2).ok());
  REQUIRE(f.migrator.StepTo(3).ok());
  CHECK(f.Number("SELECT count(*) FROM thing WHERE name = 'thing 7'") == 1);
  CHECK(f.migrator.BringUpToDate(true).ok());
}

TEST_CASE("a step is done as a whole or not at all", "[migrations]") {
  Fixture f(3);
  REQUIRE(f.migrator.BringUpToDate(true).ok());
  f.Learn(4);
  CHECK_FALSE(f.migrator.StepTo(4).ok());
  CHECK(f.current() == 3);
  CHECK(f.Number("SELECT count(*) FROM sqlite_master WHERE name = 'other'") == 0);
  CHECK(f.migrator.StepTo(2).ok());
}

TEST_CASE("there are no steps but to the neighbours, and no way back before the first",
          "[migrations]") {
  Fixture f(3);
  REQUIRE(f.migrator.BringUpToDate(true).ok());
  for (const std::int64_t to : {-1, 0, 1, 3, 4, 99}) {
    CHECK(f.migrator.StepTo(to).code == MOLVA_UNSUPPORTED);
  }
  REQUIRE(f.migrator.StepTo(2).ok());
  REQUIRE(f.migrator.StepTo(1).ok());
  CHECK(f.migrator.StepTo(0).code == MOLVA_UNSUPPORTED);
  CHECK(f.current() == 1);
}

TEST_CASE("what a newer program has written is left alone", "[migrations]") {
  Fixture f(3);
  REQUIRE(f.migrator.BringUpToDate(true).ok());
  f.Learn(2);
  const Outcome refused = f.migrator.BringUpToDate(true);
  CHECK(refused.code == MOLVA_UNSUPPORTED);
  CHECK(refused.why.find("molvad migrate down --to 2") != std::string::npos);
  CHECK(f.migrator.StepTo(2).code == MOLVA_UNSUPPORTED);
  CHECK(f.current() == 3);
}

}  // namespace
}  // namespace molva::sql_common
