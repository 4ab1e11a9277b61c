// Runs every file of tests/scenario/cases and conformance, each under several orders of events.
#include <filesystem>

#include "tests/scenario/scenario.h"
#include "tests/support/catch.h"

TEST_CASE("every scenario goes as written", "[scenario]") {
  std::vector<std::string> paths;
  for (const char* folder : {"cases", "conformance"}) {
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(MOLVA_SCENARIO_DIR) / folder)) {
      const std::string path = entry.path().string();
      if (entry.path().extension() == ".scn" && molva::test::Scenario::IsFor(path)) {
        paths.push_back(path);
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  REQUIRE_FALSE(paths.empty());
  for (const std::string& path : paths) {
    DYNAMIC_SECTION(std::filesystem::path(path).filename().string()) {
      for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        INFO("seed " << seed);
        molva::test::Scenario scenario(seed);
        const std::string problem = scenario.Run(path);
        INFO(problem);
        REQUIRE(problem.empty());
      }
    }
  }
}
