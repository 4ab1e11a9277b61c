// The host before a plugin that does not keep the contract.
#include <memory>
#include <string>
#include <thread>

#include "plugin/library.h"
#include "tests/contract/moderation/asking.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

std::unique_ptr<ModerationPlugin> Naughty(const std::string& deed,
                                          plugin::ModerationOptions options = {}) {
  const auto library = plugin::Library::Load(MOLVA_NAUGHTY, MOLVA_KIND_MODERATION);
  REQUIRE(library.ok());
  auto opened = ModerationPlugin::Open(*library, R"({"do":")" + deed + R"("})", options);
  INFO(opened.status().message());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

TEST_CASE("a verdict that is none is a failure, and the next one counts") {
  for (const char* deed :
       {"no such ruling", "a short verdict", "a long reason", "two lines", "no UTF-8",
        "replace by no JSON", "replace by two values", "replace by too much",
        "replace by a deep one", "replace by a head that is none", "replace by null",
        "replace by nothing", "answer without a verdict"}) {
    INFO(deed);
    const auto plugin = Naughty(deed);
    const Answer bad = Ask(*plugin, MessageOf("\"hello\"")).get();
    CHECK(absl::IsInvalidArgument(bad.status()));
    const Answer good = Ask(*plugin, MessageOf("\"well\"")).get();
    CHECK(good.ok());
  }
}

TEST_CASE("answers that nobody waits for are counted and ignored") {
  for (const char* deed : {"answer twice", "answer nobody"}) {
    INFO(deed);
    const auto plugin = Naughty(deed);
    CHECK(Ask(*plugin, MessageOf("\"hello\"")).get().ok());
    CHECK(Ask(*plugin, MessageOf("\"well\"")).get().ok());
    CHECK(plugin->late() == 1);
  }
}

TEST_CASE("an answer that comes late finds nobody") {
  const auto plugin = Naughty("answer late");
  moderation::Judge::Ticket ticket = 0;
  std::future<Answer> answer = Ask(*plugin, MessageOf("\"hello\""), &ticket);
  CHECK_FALSE(Comes(answer, std::chrono::milliseconds(20)));
  plugin->Forget(ticket);
  while (plugin->late() == 0) std::this_thread::yield();
  CHECK_THROWS(answer.get());  // it was dropped
  CHECK(plugin->waiting() == 0);
}

TEST_CASE("a plugin that never answers holds no more cases than it may, and none for ever") {
  const auto plugin = Naughty("never answer", {.max_waiting = 3});
  moderation::Judge::Ticket first = 0;
  std::future<Answer> one = Ask(*plugin, MessageOf("\"hello\""), &first);
  std::future<Answer> two = Ask(*plugin, MessageOf("\"hello\""));
  std::future<Answer> three = Ask(*plugin, MessageOf("\"hello\""));
  CHECK(absl::IsUnavailable(Ask(*plugin, MessageOf("\"well\"")).get().status()));
  plugin->Forget(first);
  CHECK(Ask(*plugin, MessageOf("\"well\"")).get().ok());
}

TEST_CASE("a plugin that blocks holds up its own cases alone") {
  const auto slow = Naughty("block");
  const auto quick = Naughty("");
  std::future<Answer> waits = Ask(*slow, MessageOf("\"hello\""));
  CHECK(Ask(*quick, MessageOf("\"hello\"")).get().ok());
  CHECK_FALSE(Comes(waits, std::chrono::milliseconds(0)));
  CHECK(waits.get().ok());
}

TEST_CASE("who ends while a plugin hangs hears that it does") {
  auto plugin = Naughty("hang");
  std::future<Answer> answer = Ask(*plugin, MessageOf("\"hello\""));
  std::future<Answer> behind = Ask(*plugin, MessageOf("\"well\""));
  CHECK_FALSE(Comes(behind, std::chrono::milliseconds(20)));
  CHECK_FALSE(plugin->Stop(absl::Milliseconds(50)));
  // Its thread never comes back, so neither can be destroyed.
  static ModerationPlugin* const left = plugin.release();
  CHECK(left->waiting() == 0);
}

}  // namespace
}  // namespace molva::test
