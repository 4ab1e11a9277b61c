// What every plugin must do, whatever its kind.
#include <fmt/core.h>
#include <malloc.h>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "molva/settings.hpp"
#include "tests/contract/any_plugin.h"
#include "tests/contract/candidates.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

plugin::Library Load(const Candidate& candidate) {
  const auto library = plugin::Library::Load(candidate.library);
  INFO(library.status().message());
  REQUIRE(library.ok());
  return *library;
}

AnyPlugin Open(const plugin::Library& library, const Candidate& candidate,
               const TemporaryFolder& folder) {
  auto opened = OpenAny(library, InFolder(candidate.config, folder / ""));
  INFO(opened.status().message());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

TEST_CASE("the table is well-formed, and the file is called after kind and name") {
  for (const Candidate& candidate : Candidates()) {
    const plugin::Library library = Load(candidate);
    INFO(candidate.library);
    MOLVA_SAYS("plugin.h", "zero-terminated; file name is <kind>_<name>.so");
    const std::string name(library.name());
    CHECK(name == candidate.name);
    CHECK_FALSE(name.empty());
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos);
    CHECK_FALSE(library.version().empty());
    CHECK(library.version().size() <= 64);
    CHECK(std::filesystem::path(candidate.library).filename() ==
          fmt::format("{}_{}.so", plugin::KindName(library.kind()), name));
  }
}

TEST_CASE("nothing but the entry is exported") {
  for (const Candidate& candidate : Candidates()) {
    INFO(candidate.library);
    MOLVA_SAYS("plugin.h", "The one exported symbol.");
    CHECK(ExportsOf(candidate.library) == std::vector<std::string>{MOLVA_PLUGIN_ENTRY});
  }
}

TEST_CASE("it opens with the configuration that it was given") {
  for (const Candidate& candidate : Candidates()) {
    const TemporaryFolder folder;
    const AnyPlugin opened = Open(Load(candidate), candidate, folder);
    CHECK(opened != nullptr);
  }
}

// `config`, a JSON object, with a member that no plugin has.
std::string WithUnknown(std::string config) {
  const std::size_t inside = config.find('{') + 1;
  const bool is_empty = config.find_first_not_of(" \t\n", inside) == config.rfind('}');
  return config.insert(inside, is_empty ? R"("no_such_setting":1)" : R"("no_such_setting":1,)");
}

TEST_CASE("a configuration that it does not know is refused with a sentence") {
  for (const Candidate& candidate : Candidates()) {
    const plugin::Library library = Load(candidate);
    const TemporaryFolder folder;
    const std::string with_more = WithUnknown(InFolder(candidate.config, folder / ""));
    const std::string lead =
        fmt::format("{} {}: ", plugin::KindName(library.kind()), candidate.name);
    for (const std::string& config :
         {std::string("[1]"), std::string("{"), std::string("nonsense"), std::string("\"text\""),
          std::string(100'000, '['), std::string("{\"\xff\xfe\":1}"), with_more}) {
      const auto opened = OpenAny(library, config);
      INFO(lead << config.substr(0, 200));
      MOLVA_SAYS("store_plugin.h", "on error leaves it alone and puts one sentence into `why`");
      CHECK(absl::IsInvalidArgument(opened.status()));
      const std::string message(opened.status().message());
      CHECK(message.size() > lead.size());
      CHECK(message.substr(0, lead.size()) == lead);
      CHECK(message.find("plugin answered") == std::string::npos);  // the host's words for none
    }
  }
}

// The default of a setting as JSON; empty if there is none to be written.
std::string StandardOf(const plugin::DeclaredSetting& setting) {
  const std::string standard = setting.standard.value_or("");
  switch (setting.type) {
    case MOLVA_SETTING_NUMBER:
    case MOLVA_SETTING_BOOL:
      return standard;
    case MOLVA_SETTING_TEXT:
    case MOLVA_SETTING_SECRET:
      return standard.empty() ? "" : fmt::format("\"{}\"", standard);
    default:
      return "";
  }
}

TEST_CASE("it takes the settings that it declares, and declares those it takes") {
  for (const Candidate& candidate : Candidates()) {
    const plugin::Library library = Load(candidate);
    if (!library.settings().has_value()) continue;
    MOLVA_SAYS("plugin.h", "The host lets no other key into `config`, and no other type.");
    const TemporaryFolder folder;
    const std::string config = InFolder(candidate.config, folder / "");
    const sdk::JsonMembers given(config);
    std::string members;
    std::set<std::string> declared;
    for (const plugin::DeclaredSetting& setting : *library.settings()) {
      declared.insert(setting.name);
      const auto at = given.all().find(setting.name);
      const std::string value = at == given.all().end() ? StandardOf(setting) : at->second;
      if (value.empty()) continue;
      members += fmt::format("{}\"{}\":{}", members.empty() ? "" : ",", setting.name, value);
    }
    for (const auto& [key, json] : given.all()) CHECK(declared.contains(key));
    const auto opened = OpenAny(library, "{" + members + "}");
    INFO(candidate.name << " with {" << members << "}: " << opened.status().message());
    CHECK(opened.ok());
  }
}

constexpr int kRounds = 50;

// What a process holds.
struct Holdings {
  std::ptrdiff_t descriptors;
  std::ptrdiff_t threads;
  std::size_t bytes;  // 0 where malloc is another
};

std::ptrdiff_t EntriesOf(const char* folder) {
  return std::distance(std::filesystem::directory_iterator(folder), {});
}

Holdings Count() {
  return {EntriesOf("/proc/self/fd"), EntriesOf("/proc/self/task"), ::mallinfo2().uordblks};
}

// What fifty rounds of opening and closing have left behind.
Holdings LeftByFiftyRounds(const plugin::Library& library, const Candidate& candidate,
                           const TemporaryFolder& folder) {
  const Holdings before = Count();
  for (int i = 0; i < kRounds; ++i) Open(library, candidate, folder);
  Holdings after = Count();
  // A thread that was waited for is still listed for a moment.
  for (int i = 0; i < 1000 && after.threads > before.threads; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    after = Count();
  }
  const std::size_t bytes = after.bytes > before.bytes ? after.bytes - before.bytes : 0;
  return {after.descriptors - before.descriptors, after.threads - before.threads, bytes};
}

TEST_CASE("opened and closed fifty times, it leaves no memory, thread or descriptor behind") {
  // Caches of libraries settle in the first rounds; less than this for each of the others is noise.
  constexpr std::size_t kNoiseBytes = 64;
  // What fills a cache once more is not left behind each time.
  constexpr int kTries = 3;
  for (const Candidate& candidate : Candidates()) {
    const plugin::Library library = Load(candidate);
    const TemporaryFolder folder;
    for (int i = 0; i < kRounds; ++i) Open(library, candidate, folder);
    Holdings left = LeftByFiftyRounds(library, candidate, folder);
    for (int i = 1; i < kTries && left.bytes >= kRounds * kNoiseBytes; ++i) {
      left = LeftByFiftyRounds(library, candidate, folder);
    }
    INFO(candidate.name);
    // Fewer is as good: what was counted before may have had one that was just ending.
    CHECK(left.descriptors <= 0);
    CHECK(left.threads <= 0);
    CHECK(left.bytes < kRounds * kNoiseBytes);
  }
}

}  // namespace
}  // namespace molva::test
