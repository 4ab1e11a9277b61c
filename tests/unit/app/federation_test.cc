// A whole node that federates: what it opens, what it publishes, what outlasts a restart.
#include "app/federation.h"

#include <sys/stat.h>

#include <string>

#include "app/app.h"
#include "config/load.h"
#include "federation/identity/own_identity.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::app {
namespace {

using Catch::Matchers::Contains;

config::Config FederatedConfig(const test::TemporaryFolder& folder,
                               std::vector<config::Override> more = {}) {
  config::Sources sources;
  sources.overrides = {{"node.data", folder / "data"},
                       {"node.plugins", MOLVA_TEST_PLUGINS},
                       {"listen.http", ""},
                       {"listen.grpc", "127.0.0.1:0"},
                       {"runtime.shards", "2"},
                       {"log.level", "error"},
                       {"node.shutdown_grace", "500ms"},
                       {"federation.domain", "a.example"},
                       {"federation.listen", "127.0.0.1:0"},
                       {"federation.advertise", "127.0.0.1:16061"},
                       {"federation.resolver", "off"}};
  sources.overrides.insert(sources.overrides.end(), more.begin(), more.end());
  config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  REQUIRE(loaded.problems.empty());
  return std::move(loaded.config);
}

std::string KeyIn(const test::TemporaryFolder& folder) {
  const auto identity = federation::OwnIdentity::Read(folder / "data/keys/federation");
  REQUIRE(identity.ok());
  return identity->signing_key().public_key().ToString();
}

TEST_CASE("a node with a domain lets other servers in and stays who it is", "[federation]") {
  const test::TemporaryFolder folder;
  std::string key;
  for (int start = 0; start < 2; ++start) {
    auto app = App::Start(FederatedConfig(folder));
    INFO(app.status());
    REQUIRE(app.ok());
    CHECK((*app)->federation_port() != 0);
    if (start == 0) key = KeyIn(folder);
    CHECK(KeyIn(folder) == key);
    (*app)->Drain();
  }
}

TEST_CASE("the admin socket is the owner's alone, and goes with the node", "[federation]") {
  const test::TemporaryFolder folder;
  const std::string path = folder / "data/admin.sock";
  struct stat info{};
  {
    auto app = App::Start(FederatedConfig(folder));
    REQUIRE(app.ok());
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK(S_ISSOCK(info.st_mode));
    CHECK((info.st_mode & 0777) == 0600);
  }
  CHECK(::stat(path.c_str(), &info) != 0);
}

TEST_CASE("a node may dial without letting others in", "[federation]") {
  const test::TemporaryFolder folder;
  auto app = App::Start(FederatedConfig(folder, {{"federation.listen", ""}}));
  REQUIRE(app.ok());
  CHECK((*app)->federation_port() == 0);
}

TEST_CASE("settings of federation that make no sense keep the node from starting, and are named",
          "[federation]") {
  const test::TemporaryFolder folder;
  const auto complaint = [&](const config::Override& setting) {
    return std::string(App::Start(FederatedConfig(folder, {setting})).status().message());
  };
  CHECK_THAT(complaint({"federation.domain", "no domain"}), Contains("federation.domain"));
  CHECK_THAT(complaint({"federation.deny", "b@d"}), Contains("federation.deny"));
  CHECK_THAT(complaint({"federation.peers", "b.example=nowhere"}), Contains("nowhere"));
}

TEST_CASE("an address that is taken is named", "[federation]") {
  const test::TemporaryFolder one;
  const test::TemporaryFolder two;
  auto first = App::Start(FederatedConfig(one));
  REQUIRE(first.ok());
  const std::string address = "127.0.0.1:" + std::to_string((*first)->federation_port());
  const auto second = App::Start(FederatedConfig(two, {{"federation.listen", address}}));
  CHECK_THAT(std::string(second.status().message()), Contains(address));
}

TEST_CASE("a key that was rotated meanwhile is taken over by a reload", "[federation]") {
  const test::TemporaryFolder folder;
  auto app = App::Start(FederatedConfig(folder));
  REQUIRE(app.ok());
  const std::string former = KeyIn(folder);
  base::SystemRandom random;
  REQUIRE(
      federation::OwnIdentity::Rotate(folder / "data/keys/federation", random, absl::Now()).ok());
  (*app)->Reload(FederatedConfig(folder, {{"federation.contact", "ops@a.example"}}));
  CHECK(KeyIn(folder) != former);
  CHECK((*app)->federation_port() != 0);
  const auto identity = federation::OwnIdentity::Read(folder / "data/keys/federation");
  REQUIRE(identity.ok());
  CHECK(identity->document().content().contact == "ops@a.example");
}

}  // namespace
}  // namespace molva::app
