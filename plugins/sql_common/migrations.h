// The versions that the tables of a store have had, and the way from each to the next and back.
#pragma once

#include <cstdint>
#include <span>

#include "molva/store_plugin.h"
#include "sql_common/connection.h"

namespace molva::sql_common {

// Whether a migration is over in a moment however much there is, so that a start may run it.
enum class MigrationPace : std::uint8_t { kMoment, kLong };

// One version: what makes it of the one before, and the one before of it.
struct Version {
  const char* what;  // what it has brought
  const char* lost;  // what the one before cannot hold; empty: nothing
  MigrationPace pace;
  std::span<const char* const> up;
  std::span<const char* const> down;  // none: there is no way back
};

// All versions of a store; the first one is number 1. Only ever appended to.
struct History {
  const char* find_versions;  // a query that has a row if there is a table schema_version
  std::int64_t times_since;   // the version that gave schema_version its column `applied`
  std::span<const Version> versions;
};

// Moves one database along its history, each step in a transaction of its own.
//
// Thread:  one. Nobody else may use the database meanwhile, but for Tell.
// Borrows: both.
class Migrator {
 public:
  Migrator(Connection& connection, const History& history)
      : connection_(connection), history_(history) {}

  // What a start does: makes the tables of an empty database, and what is new of an older one's,
  // if that is `allowed` and takes no more than a moment.
  // Errors: kUnsupported: it is not, or a newer version has written the database; nothing is
  //         changed then. What the database says.
  Outcome BringUpToDate(bool allowed);
  // Goes one step to version `to`.
  // Errors: kUnsupported if that is not the next one or the one before, or there is no way back.
  Outcome StepTo(std::int64_t to);
  // The version of the database (0: it is empty), and all that are known.
  Outcome Tell(const molva_version_sink& sink, std::int64_t* current);

 private:
  std::int64_t newest() const { return static_cast<std::int64_t>(history_.versions.size()); }
  const Version& At(std::int64_t version) const {
    return history_.versions[static_cast<std::size_t>(version - 1)];
  }
  Outcome ReadVersion(std::int64_t* version);
  Outcome ReadTimes(std::int64_t current, std::span<std::int64_t> times);
  // Runs `statements` and then what `note` says of the version, in one transaction.
  template <typename Note>
  Outcome Run(std::span<const char* const> statements, Note note);
  Outcome StepUp(std::int64_t version);
  Outcome StepDown(std::int64_t version);

  Connection& connection_;
  const History& history_;
};

}  // namespace molva::sql_common
