#include "app/ice_servers.h"

#include <fstream>

#include "config/setting.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::app {
namespace {

config::Config With(std::vector<std::string> urls, const std::string& file) {
  config::Config config(config::NodeSettings());
  config.Set("calls.ice_servers", config::Value(std::move(urls)), config::Origin::kFile);
  config.Set("calls.ice_file", config::Value(file), config::Origin::kFile);
  return config;
}

TEST_CASE("without ICE servers there is nothing to tell") {
  const auto servers = IceServersOf(config::Config(config::NodeSettings()));
  REQUIRE(servers.ok());
  CHECK(servers->empty());
}

TEST_CASE("ICE servers of the settings and of the file are told together") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "ice.json";
  std::ofstream(path) << R"( [ {"urls":["turn:t.example"], "username":"u", "credential":"c"} ]
)";
  const auto both = IceServersOf(With({"stun:s.example:3478"}, path));
  REQUIRE(both.ok());
  CHECK(both->text == R"([{"urls":["stun:s.example:3478"]},)"
                      R"({"urls":["turn:t.example"], "username":"u", "credential":"c"}])");
  CHECK(IceServersOf(With({}, path))->text.starts_with("[{\"urls\":[\"turn:"));
}

TEST_CASE("what are no ICE servers is refused, and the setting is named") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "ice.json";
  const auto refused = [&](const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
    const auto servers = IceServersOf(With({}, path));
    return !servers.ok() &&
           servers.status().message().find("calls.ice_file") != absl::string_view::npos;
  };
  CHECK(refused(""));
  CHECK(refused("{}"));
  CHECK(refused("[]"));
  CHECK(refused("[1]"));
  CHECK(refused(R"([{"url":"stun:x"}])"));
  CHECK(refused(R"([{"urls":["stun:x"]})"));
  CHECK(refused("[{\"urls\":[\"" + std::string(20'000, 'x') + "\"]}]"));
  CHECK_FALSE(IceServersOf(With({}, folder / "absent")).ok());
  CHECK_FALSE(IceServersOf(With({"http://example"}, "")).ok());
  CHECK_FALSE(IceServersOf(With({"stun:"}, "")).ok());
}

}  // namespace
}  // namespace molva::app
