// The key of the node as its operator handles it, and as other servers fetch it.
#include "app/key_command.h"

#include "app/federation_pages.h"
#include "config/load.h"
#include "federation/discovery/static_peers.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::app {
namespace {

using Catch::Matchers::Contains;
using federation::OwnIdentity;

config::Config NodeConfig(const test::TemporaryFolder& folder, const std::string& domain) {
  config::Sources sources;
  sources.overrides = {{"node.data", folder / "data"}, {"federation.domain", domain}};
  config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  REQUIRE(loaded.problems.empty());
  return std::move(loaded.config);
}

OwnIdentity Stored(const test::TemporaryFolder& folder) {
  absl::StatusOr<OwnIdentity> identity = OwnIdentity::Read(folder / "data/keys/federation");
  REQUIRE(identity.ok());
  return *std::move(identity);
}

TEST_CASE("key show makes the key of a node that will federate, and leaves it alone then",
          "[app]") {
  const test::TemporaryFolder folder;
  REQUIRE(RunKeyCommand(NodeConfig(folder, "a.example"), KeyAction::kShow, Output::kText) ==
          kExitGood);
  const OwnIdentity first = Stored(folder);
  CHECK(first.domain() == "a.example");
  CHECK(RunKeyCommand(NodeConfig(folder, "other.example"), KeyAction::kShow, Output::kJson) ==
        kExitGood);
  CHECK(Stored(folder).document().text() == first.document().text());
}

TEST_CASE("a node that never federated has no key to show or to rotate", "[app]") {
  const test::TemporaryFolder folder;
  CHECK(RunKeyCommand(NodeConfig(folder, ""), KeyAction::kShow, Output::kText) == kExitFailed);
  CHECK(RunKeyCommand(NodeConfig(folder, "a.example"), KeyAction::kRotate, Output::kText) ==
        kExitFailed);
}

TEST_CASE("key rotate adds a key that signs", "[app]") {
  const test::TemporaryFolder folder;
  const config::Config config = NodeConfig(folder, "a.example");
  REQUIRE(RunKeyCommand(config, KeyAction::kShow, Output::kText) == kExitGood);
  const OwnIdentity first = Stored(folder);
  REQUIRE(RunKeyCommand(config, KeyAction::kRotate, Output::kText) == kExitGood);
  const OwnIdentity second = Stored(folder);
  CHECK(second.document().content().number == 2);
  CHECK(second.signing_key().public_key() != first.signing_key().public_key());
}

TEST_CASE("what key show prints can be given to another server", "[app]") {
  const test::TemporaryFolder folder;
  REQUIRE(RunKeyCommand(NodeConfig(folder, "a.example"), KeyAction::kShow, Output::kText) ==
          kExitGood);
  const OwnIdentity identity = Stored(folder);
  const std::string key = identity.signing_key().public_key().ToString();
  const std::string entry = "a.example=a.example:16061#" + key;
  CHECK_THAT(DescribeIdentity(identity, Output::kText), Contains("peer      " + entry + "\n"));
  CHECK_THAT(DescribeIdentity(identity, Output::kJson), Contains("\"peer\":\"" + entry + "\""));
  CHECK_THAT(DescribeIdentity(identity, Output::kJson), Contains("\"not_after\":\"\""));
  const std::vector<std::string> entries = {entry};
  CHECK(federation::ParseStaticPeers(entries).ok());
}

TEST_CASE("the key document is served as it stands at the moment", "[app]") {
  std::string current = "one";
  transport::HttpService pages;
  AddFederationPages(pages, [&current] { return current; });
  transport::HttpRequest request;
  request.method = "GET";
  request.path = "/.well-known/molva/server";
  CHECK(pages.Answer(request).body == "one");
  current = "two";
  CHECK(pages.Answer(request).body == "two");
  CHECK(pages.Answer(request).content_type == "application/json");
}

}  // namespace
}  // namespace molva::app
