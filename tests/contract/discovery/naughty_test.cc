// The host before a discovery plugin that does not keep the contract.
#include <memory>
#include <string>
#include <thread>

#include "plugin/discovery_adapter.h"
#include "plugin/library.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

using plugin::DiscoveryPlugin;

constexpr absl::Duration kLong = absl::Seconds(20);
constexpr absl::Duration kShort = absl::Milliseconds(50);

std::unique_ptr<DiscoveryPlugin> NaughtyFinder(const std::string& deed) {
  const auto library = plugin::Library::Load(MOLVA_NAUGHTY, MOLVA_KIND_DISCOVERY);
  REQUIRE(library.ok());
  auto opened = DiscoveryPlugin::Open(*library, R"({"do":")" + deed + R"("})");
  INFO(opened.status().message());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

TEST_CASE("an answer that is none is a failure, and the next one counts") {
  for (const char* deed : {"answer too much", "answer nothing"}) {
    INFO(deed);
    const auto plugin = NaughtyFinder(deed);
    CHECK(absl::IsInvalidArgument(plugin->Find("bad.test", kLong).status()));
    CHECK(plugin->Find("good.test", kLong).ok());
  }
  const auto inventive = NaughtyFinder("invent a code");
  CHECK_FALSE(inventive->Find("bad.test", kLong).ok());
}

TEST_CASE("a finder that never answers costs its deadline") {
  const auto plugin = NaughtyFinder("never answer");
  CHECK(absl::IsUnavailable(plugin->Find("bad.test", kShort).status()));
  CHECK(absl::IsUnavailable(plugin->Announce("me.test", "x", kShort)));
  CHECK(plugin->Find("good.test", kLong).ok());
}

TEST_CASE("answers of a finder that nobody waits for are counted and ignored") {
  for (const char* deed : {"answer twice", "answer nobody"}) {
    INFO(deed);
    const auto plugin = NaughtyFinder(deed);
    CHECK(*plugin->Find("bad.test", kLong) == "a document");
    CHECK(plugin->Find("good.test", kLong).ok());
    CHECK(plugin->late() == 1);
  }
  const auto late = NaughtyFinder("answer late");
  CHECK(absl::IsUnavailable(late->Find("bad.test", kShort).status()));
  while (late->late() == 0) std::this_thread::yield();
  CHECK(late->Find("good.test", kLong).ok());
}

TEST_CASE("who ends while a finder hangs hears that it does") {
  auto plugin = NaughtyFinder("hang");
  CHECK(absl::IsUnavailable(plugin->Find("bad.test", kShort).status()));
  CHECK(absl::IsUnavailable(plugin->Find("good.test", kShort).status()));
  CHECK_FALSE(plugin->Stop(kShort));
  // Its thread never comes back, so neither can be destroyed.
  static DiscoveryPlugin* const left = plugin.release();
  CHECK(absl::IsUnavailable(left->Find("good.test", kLong).status()));
}

}  // namespace
}  // namespace molva::test
