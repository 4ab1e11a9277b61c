// Loading plugins: whatever is unfit is refused with the reason, and nothing of it is called.
#include "plugin/library.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "plugin/probe.h"
#include "plugin/store_adapter.h"
#include "tests/support/catch.h"

namespace molva::plugin {
namespace {

std::string Unfit(const std::string& fault) {
  return std::string(MOLVA_UNFIT_FOLDER) + "/unfit_" + fault + ".so";
}

constexpr std::chrono::seconds kPatience(60);

bool Says(const absl::Status& status, std::string_view words) {
  return std::string(status.message()).find(words) != std::string::npos;
}

TEST_CASE("an unfit library is refused with its path and the reason") {
  const struct {
    const char* fault;
    const char* words;
  } cases[] = {{"kNoEntry", "does not export molva_plugin_v1"},
               {"kNullTable", "no table"},
               {"kBadMagic", "magic 0xdeadbeef"},
               {"kShortTable", "too short"},
               {"kOtherMajor", "built for ABI 2.4, this server has 1.4"},
               {"kUnknownKind", "kind 999 is unknown"},
               {"kNoName", "no name"},
               {"kNoApi", "no function table"},
               {"kShortApi", "function table is too short"},
               {"kNoFunction", "function of its table is missing"},
               {"kBadSettings", "badly declared: count has bounds that no value is between"}};
  for (const auto& one : cases) {
    INFO(one.fault);
    const auto library = Library::Load(Unfit(one.fault));
    CHECK(library.status().code() == absl::StatusCode::kFailedPrecondition);
    INFO(library.status().ToString());
    CHECK(Says(library.status(), one.words));
    CHECK(Says(library.status(), Unfit(one.fault)));
  }
}

TEST_CASE("a file that is missing, or no library, is refused") {
  CHECK(absl::IsNotFound(Library::Load("/nonexistent/store_x.so").status()));
  CHECK(absl::IsNotFound(Library::Load(MOLVA_UNFIT_FOLDER).status()));
  const std::string path = std::string(MOLVA_UNFIT_FOLDER) + "/not_a_library.so";
  std::ofstream(path) << "this is text";
  CHECK(Library::Load(path).status().code() == absl::StatusCode::kFailedPrecondition);
  std::filesystem::remove(path);
}

TEST_CASE("a plugin of another kind than wanted is refused") {
  const auto library = Library::Load(MOLVA_AUTH_ANONYMOUS, MOLVA_KIND_STORE);
  CHECK(Says(library.status(), "its kind is auth, wanted is store"));
  CHECK(Library::Load(MOLVA_AUTH_ANONYMOUS, MOLVA_KIND_AUTH).ok());
}

TEST_CASE("a plugin that does not open is reported in its own words and never closed") {
  const auto refusing = Library::Load(Unfit("kRefuses"), MOLVA_KIND_STORE);
  REQUIRE(refusing.ok());
  const auto opened = StorePlugin::Open(*refusing, "{}");
  CHECK(absl::IsUnavailable(opened.status()));
  CHECK(Says(opened.status(), "store unfit: the disk is on fire"));
  const auto empty = Library::Load(Unfit("kNoInstance"), MOLVA_KIND_STORE);
  REQUIRE(empty.ok());
  CHECK(Says(StorePlugin::Open(*empty, "{}").status(), "gave no instance"));
}

TEST_CASE("a plugin is found by path, or by name in the folder") {
  CHECK(LocatePlugin("/p", MOLVA_KIND_STORE, "sqlite") == "/p/store_sqlite.so");
  CHECK(LocatePlugin("/p", MOLVA_KIND_STORE, "store_sqlite") == "/p/store_sqlite.so");
  CHECK(LocatePlugin("/p", MOLVA_KIND_AUTH, "basic") == "/p/auth_basic.so");
  CHECK(LocatePlugin("/p", MOLVA_KIND_AUTH, "./mine.so") == "./mine.so");
}

TEST_CASE("the libraries of a folder are asked apart, the fit and the unfit") {
  const auto paths = PluginFiles(MOLVA_UNFIT_FOLDER);
  REQUIRE(paths.size() == 19);
  int fit = 0;
  for (const std::string& path : paths) {
    if (path == Unfit("kEntryHangs")) continue;
    const auto facts = ProbePlugin(path, kPatience);
    INFO(path << ": " << facts.status().ToString());
    if (!facts.ok()) {
      CHECK(Says(facts.status(), path));
      continue;
    }
    ++fit;
    CHECK(facts->kind == "store");
    CHECK(facts->name == "unfit");
    CHECK(facts->version == "0.1");
    CHECK(facts->abi == "1.4");
  }
  CHECK(fit == 5);
  CHECK(PluginFiles("/nonexistent").empty());
}

TEST_CASE("a library tells its licence and its settings, or that it has none") {
  const auto without = ProbePlugin(MOLVA_AUTH_ANONYMOUS, kPatience);
  REQUIRE(without.ok());
  CHECK(without->licence == "Apache-2.0");
  REQUIRE(without->settings.has_value());
  CHECK(without->settings->empty());
  const auto silent = ProbePlugin(Unfit("kRefuses"), kPatience);
  REQUIRE(silent.ok());
  CHECK(silent->licence.empty());
  CHECK_FALSE(silent->settings.has_value());
  const auto with = ProbePlugin(MOLVA_AUTH_TOKEN, kPatience);
  REQUIRE(with.ok());
  REQUIRE(with->settings.has_value());
  const DeclaredSettings& settings = *with->settings;
  REQUIRE(settings.size() == 4);
  CHECK(settings[0].name == "key");
  CHECK(settings[0].type == MOLVA_SETTING_SECRET);
  CHECK(settings[2].name == "serial");
  CHECK(settings[2].type == MOLVA_SETTING_NUMBER);
  CHECK(settings[2].standard == "1");
  CHECK(settings[2].lowest == 0);
  CHECK(settings[2].highest == 65535);
  CHECK(settings[2].meaning == "Raise it to end every token.");
}

TEST_CASE("a library that crashes, hangs or ends the process is named, and nothing else happens") {
  CHECK(Says(ProbePlugin(Unfit("kEntryCrashes"), kPatience).status(), "it crashed: Aborted"));
  CHECK(Says(ProbePlugin(Unfit("kEntryExits"), kPatience).status(),
             "it ended the process with exit code 0"));
  CHECK(Says(ProbePlugin(Unfit("kEntryHangs"), std::chrono::milliseconds(200)).status(),
             "while it was loaded, no answer within 0.2 s"));
}

}  // namespace
}  // namespace molva::plugin
