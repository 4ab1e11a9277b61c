// discovery_file: what it finds, a file that changes, what it writes.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "plugin/discovery_adapter.h"
#include "plugin/library.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

constexpr absl::Duration kFilePatience = absl::Seconds(20);

class GroupFile {
 public:
  std::string path() const { return folder_ / "servers.json"; }
  void Write(const std::string& text) const {
    std::ofstream(path() + ".other") << text;
    std::filesystem::rename(path() + ".other", path());
  }
  absl::StatusOr<std::unique_ptr<plugin::DiscoveryPlugin>> TryOpen(
      const std::string& more = "") const {
    const auto library = plugin::Library::Load(
        plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_DISCOVERY, "file"));
    REQUIRE(library.ok());
    return plugin::DiscoveryPlugin::Open(*library, R"({"file":")" + path() + "\"" + more + "}");
  }
  std::unique_ptr<plugin::DiscoveryPlugin> Open(const std::string& more = "") const {
    auto opened = TryOpen(more);
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    return *std::move(opened);
  }

 private:
  TemporaryFolder folder_;
};

// The file is looked at once a second.
template <typename Check>
bool Becomes(Check check) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!check() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return check();
}

TEST_CASE("a server of the file is found, and the file may change") {
  const GroupFile file;
  const auto plugin = file.Open();
  CHECK(absl::IsNotFound(plugin->Find("b.test", kFilePatience).status()));
  file.Write(R"({"servers":{"b.test":"one"}})");
  CHECK(Becomes([&] { return plugin->Find("b.test", kFilePatience).value_or("") == "one"; }));
  file.Write(R"({"servers":{"b.test":7}})");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  CHECK(plugin->Find("b.test", kFilePatience).value_or("") == "one");  // as before
  file.Write(R"({"servers":{}, "more": []})");
  CHECK(Becomes([&] { return absl::IsNotFound(plugin->Find("b.test", kFilePatience).status()); }));
}

TEST_CASE("what several nodes announce stands in the file side by side") {
  const GroupFile file;
  const auto one = file.Open(R"(,"announce":true)");
  const auto other = file.Open(R"(,"announce":true)");
  std::thread first([&] { CHECK(one->Announce("a.test", "first", kFilePatience).ok()); });
  std::thread second([&] { CHECK(other->Announce("b.test", "second", kFilePatience).ok()); });
  first.join();
  second.join();
  const auto reader = file.Open();
  CHECK(reader->Find("a.test", kFilePatience).value_or("") == "first");
  CHECK(reader->Find("b.test", kFilePatience).value_or("") == "second");
  CHECK(absl::IsUnimplemented(reader->Announce("c.test", "third", kFilePatience)));
}

TEST_CASE("a file that is none keeps the finder from opening") {
  const GroupFile file;
  for (const char* text : {"", "[]", "{}", R"({"servers":[]})", R"({"servers":{"a":""}})"}) {
    INFO(text);
    file.Write(text);
    CHECK_FALSE(file.TryOpen().ok());
  }
  file.Write(R"({"servers":{"a":")" + std::string(65'537, 'x') + R"("}})");
  CHECK_FALSE(file.TryOpen().ok());
  std::filesystem::remove(file.path());
  CHECK(file.TryOpen().ok());
}

}  // namespace
}  // namespace molva::test
