#include "app/validation.h"

#include "config/load.h"
#include "tests/support/catch.h"

namespace molva::app {
namespace {

config::Config ConfigWith(const std::vector<std::string>& settings) {
  config::Sources sources;
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    sources.overrides.push_back({setting.substr(0, equals), setting.substr(equals + 1)});
  }
  const config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  for (const config::Problem& problem : loaded.problems) FAIL(problem.ToString());
  return loaded.config;
}

using Levels = std::vector<model::AuthLevel>;

}  // namespace

TEST_CASE("a method is required of the levels that name it", "[validation]") {
  const config::Config config = ConfigWith({"validation.methods=email,tel",
                                            "validation.required=email:auth,tel:anon,email:root",
                                            "validation.add_to_tags=tel"});
  const absl::StatusOr<validation::Rules> email = RulesOf(config, "email");
  REQUIRE(email.ok());
  CHECK(email->required_for == Levels{model::AuthLevel::kAuth, model::AuthLevel::kRoot});
  CHECK_FALSE(email->adds_tags);
  const absl::StatusOr<validation::Rules> tel = RulesOf(config, "tel");
  REQUIRE(tel.ok());
  CHECK(tel->required_for == Levels{model::AuthLevel::kAnon});
  CHECK(tel->adds_tags);
}

TEST_CASE("what is required must be a method and a level", "[validation]") {
  for (const char* bad : {"email", "email:", "email:user", "fax:auth", ":auth"}) {
    INFO(bad);
    const config::Config config =
        ConfigWith({"validation.methods=email", std::string("validation.required=") + bad});
    CHECK(absl::IsInvalidArgument(RulesOf(config, "email").status()));
  }
}

TEST_CASE("a fixed response is for nodes that serve tests", "[validation]") {
  const std::string fixed = "validation.debug_response=123456";
  CHECK(absl::IsInvalidArgument(RulesOf(ConfigWith({fixed}), "email").status()));
  const absl::StatusOr<validation::Rules> rules =
      RulesOf(ConfigWith({fixed, "node.test=true"}), "email");
  REQUIRE(rules.ok());
  CHECK(rules->debug_response == "123456");
  CHECK(RulesOf(ConfigWith({}), "email")->debug_response.empty());
}

}  // namespace molva::app
