// The stores that the cases of this kind are held against: each program that compiles them says.
#pragma once

#include <string>
#include <vector>

namespace molva::test {

enum class Make {
  kMemory,    // MemoryStore
  kSqlite,    // store_sqlite.so
  kPostgres,  // store_postgres.so, over a server of its own
  kFaulty,    // store_faulty.so over store_sqlite.so: late, out of order, everything twice
  kElder,     // store_elder.so over store_sqlite.so: built for version 1.0 of the contract
  kGiven,     // the one that molva-plugin-test was given
};

// Those that owe everything.
const std::vector<Make>& AllMakes();
// Of them those that are plugins; and those that behave, besides.
const std::vector<Make>& PluginMakes();
const std::vector<Make>& DurableMakes();

// Where one store has its data.
struct StorePlace {
  std::string database;  // the path of a file, in a folder of its own
  std::string schema;    // a word that no other store of this program has
};
// Not of kMemory. `more`: further members of the configuration, with a comma before each.
std::string LibraryOf(Make make);
std::string ConfigOf(Make make, const StorePlace& place, const std::string& more);

}  // namespace molva::test
