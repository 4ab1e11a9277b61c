// Loading plugins: whatever is unfit is refused with the reason, and nothing of it is called.
#include "plugin/library.h"

#include <filesystem>
#include <fstream>
#include <string>

#include "plugin/store_adapter.h"
#include "tests/support/catch.h"

namespace molva::plugin {
namespace {

std::string Unfit(const std::string& fault) {
  return std::string(MOLVA_UNFIT_FOLDER) + "/unfit_" + fault + ".so";
}

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
               {"kOtherMajor", "built for ABI 2.1, this server has 1.1"},
               {"kUnknownKind", "kind 999 is unknown"},
               {"kNoName", "no name"},
               {"kNoApi", "no function table"},
               {"kShortApi", "function table is too short"},
               {"kNoFunction", "function of its table is missing"}};
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

TEST_CASE("the list of a folder shows the fit and the unfit") {
  const auto listings = ListPlugins(MOLVA_UNFIT_FOLDER);
  REQUIRE(listings.size() == 12);
  int fit = 0;
  for (const PluginListing& listing : listings) {
    if (!listing.library.ok()) continue;
    ++fit;
    CHECK(KindName(listing.library->kind()) == "store");
    CHECK(listing.library->name() == "unfit");
    CHECK(listing.library->version() == "0.1");
    CHECK(listing.library->AbiText() == "1.1");
  }
  CHECK(fit == 2);
  CHECK(ListPlugins("/nonexistent").empty());
}

}  // namespace
}  // namespace molva::plugin
