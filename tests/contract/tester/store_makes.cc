// The store under test, for the cases of tests/contract/store.
#include <filesystem>

#include "tests/contract/candidates.h"
#include "tests/contract/store/makes.h"

namespace molva::test {

const std::vector<Make>& AllMakes() {
  static const std::vector<Make> kMakes = {Make::kGiven};
  return kMakes;
}

const std::vector<Make>& PluginMakes() { return AllMakes(); }

const std::vector<Make>& DurableMakes() { return AllMakes(); }

std::string LibraryOf(Make) { return Candidates().front().library; }

// Each store of a case has a folder and a word of its own, and keeps them when it is opened again.
std::string ConfigOf(Make, const StorePlace& place, const std::string& more) {
  const auto folder = std::filesystem::path(place.database).parent_path().parent_path();
  const std::string config =
      InFolder(Replaced(Candidates().front().config, "$WORD", place.schema), folder.string());
  return std::string(config).insert(config.rfind('}'), more);
}

}  // namespace molva::test
