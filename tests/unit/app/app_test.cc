// A whole node on the real plugins: it starts, can be asked how it is, and stops.
#include "app/app.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include "app/list_plugins.h"
#include "config/load.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::app {
namespace {

using Catch::Matchers::Contains;

config::Config NodeConfig(const test::TemporaryFolder& folder,
                          std::vector<config::Override> more = {}) {
  config::Sources sources;
  sources.overrides = {{"node.data", folder / "data"},  {"node.plugins", MOLVA_TEST_PLUGINS},
                       {"listen.http", "127.0.0.1:0"},  {"listen.grpc", "127.0.0.1:0"},
                       {"runtime.shards", "2"},         {"log.level", "error"},
                       {"node.shutdown_grace", "500ms"}};
  sources.overrides.insert(sources.overrides.end(), more.begin(), more.end());
  config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  REQUIRE(loaded.problems.empty());
  return std::move(loaded.config);
}

// The whole answer to one GET.
std::string Get(int port, const std::string& target) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  const std::string request =
      "GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  REQUIRE(::send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t got = 0; (got = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(socket);
  return answer;
}

TEST_CASE("a node starts, becomes ready, shows its figures and stops", "[app]") {
  const test::TemporaryFolder folder;
  auto app = App::Start(NodeConfig(folder));
  REQUIRE(app.ok());
  const int port = (*app)->http_port();
  CHECK(port != 0);
  CHECK((*app)->grpc_port() != 0);
  CHECK_THAT(Get(port, "/livez"), Contains("200 OK"));
  std::string ready;
  for (int i = 0; i < 1000 && !Catch::contains(ready, "200 OK"); ++i) ready = Get(port, "/readyz");
  CHECK_THAT(ready, Contains("store: ok"));
  CHECK_THAT(Get(port, "/metrics"), Contains("molva_sessions{transport=\"grpc\"} 0"));
  CHECK_THAT(
      Get(port, "/metrics"),
      Contains("molva_plugin_calls_total{plugin=\"media_fs\",call=\"open\",outcome=\"ok\"} 1"));
  CHECK_THAT(Get(port, "/nowhere"), Contains("404"));
  (*app)->Drain();
}

TEST_CASE("what a node has made, the next one over the same folder accepts", "[app]") {
  const test::TemporaryFolder folder;
  REQUIRE(App::Start(NodeConfig(folder)).ok());
  CHECK(App::Start(NodeConfig(folder)).ok());
}

TEST_CASE("a second node over the same folder is refused", "[app]") {
  const test::TemporaryFolder folder;
  const auto first = App::Start(NodeConfig(folder));
  REQUIRE(first.ok());
  CHECK(absl::IsUnavailable(App::Start(NodeConfig(folder)).status()));
}

TEST_CASE("a node without one of its doors serves the other", "[app]") {
  const test::TemporaryFolder folder;
  const auto app = App::Start(NodeConfig(folder, {{"listen.grpc", ""}}));
  REQUIRE(app.ok());
  CHECK((*app)->grpc_port() == 0);
  CHECK_THAT(Get((*app)->http_port(), "/livez"), Contains("200 OK"));
}

TEST_CASE("an address that is taken keeps the node from starting, and is named", "[app]") {
  const test::TemporaryFolder folder;
  const test::TemporaryFolder other;
  const auto first = App::Start(NodeConfig(folder));
  REQUIRE(first.ok());
  const std::string taken = "127.0.0.1:" + std::to_string((*first)->http_port());
  const absl::Status status = App::Start(NodeConfig(other, {{"listen.http", taken}})).status();
  CHECK_THAT(std::string(status.message()), Contains(taken));
}

TEST_CASE("a plugin that does not exist keeps the node from starting, and is named", "[app]") {
  const test::TemporaryFolder folder;
  const absl::Status status = App::Start(NodeConfig(folder, {{"store.plugin", "none"}})).status();
  CHECK_THAT(std::string(status.message()), Contains("store_none.so"));
}

TEST_CASE("a section for a plugin reaches it, and its complaint reaches the operator", "[app]") {
  const test::TemporaryFolder folder;
  config::Config config = NodeConfig(folder);
  config.SetPluginJson("store_sqlite", R"({"no_such_key":1})");
  const absl::Status status = App::Start(config).status();
  CHECK_THAT(std::string(status.message()), Contains("no_such_key"));
}

TEST_CASE("every configured plugin is listed with its version", "[app]") {
  const test::TemporaryFolder folder;
  int configured = 0;
  for (const PluginState& state : InspectPlugins(NodeConfig(folder))) {
    INFO(state.path);
    if (!state.is_configured) continue;
    ++configured;
    CHECK(state.problem.empty());
    CHECK_FALSE(state.version.empty());
  }
  CHECK(configured == 5);
}

TEST_CASE("a reload with other settings leaves the node serving", "[app]") {
  const test::TemporaryFolder folder;
  const auto app = App::Start(NodeConfig(folder));
  REQUIRE(app.ok());
  (*app)->Reload(NodeConfig(folder, {{"limits.tags", "3"}}));
  CHECK_THAT(Get((*app)->http_port(), "/livez"), Contains("200 OK"));
}

}  // namespace
}  // namespace molva::app
