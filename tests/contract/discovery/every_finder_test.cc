// What every discovery plugin must do.
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "plugin/discovery_adapter.h"
#include "plugin/library.h"
#include "tests/contract/candidates.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using plugin::DiscoveryPlugin;

constexpr absl::Duration kPatience = absl::Seconds(20);

// A finder in a folder of its own.
class OpenedFinder {
 public:
  explicit OpenedFinder(const Candidate& candidate) {
    const auto library = plugin::Library::Load(candidate.library, MOLVA_KIND_DISCOVERY);
    INFO(library.status().message());
    REQUIRE(library.ok());
    auto opened = DiscoveryPlugin::Open(*library, InFolder(candidate.config, folder_ / ""));
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    plugin_ = *std::move(opened);
  }
  DiscoveryPlugin& operator*() const { return *plugin_; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<DiscoveryPlugin> plugin_;
};

bool IsAnAnswer(const absl::Status& status) {
  return status.ok() || absl::IsNotFound(status) || absl::IsUnavailable(status);
}

TEST_CASE("every finder answers about whatever name, once") {
  for (const Candidate& candidate : Candidates()) {
    const OpenedFinder finder(candidate);
    INFO(candidate.name);
    MOLVA_SAYS("discovery_plugin.h", "answer is called exactly once per token");
    for (const std::string& domain :
         {std::string("nobody.invalid"), std::string("a"), std::string(253, 'a'),
          std::string("xn--80ak6aa92e.com"), std::string("../../etc/passwd"), std::string("")}) {
      const auto found = (*finder).Find(domain, kPatience);
      INFO(domain << ": " << found.status().message());
      CHECK(IsAnAnswer(found.status()));
    }
    CHECK((*finder).late() == 0);
  }
}

TEST_CASE("every finder says whether it has announced a server, and then finds it unchanged") {
  for (const Candidate& candidate : Candidates()) {
    const OpenedFinder finder(candidate);
    INFO(candidate.name);
    MOLVA_SAYS("discovery_plugin.h", "byte for byte as the server has signed it");
    const std::string document = R"({"document":"AA==","signatures":[], "and":"\u00e9 \" \\"})";
    const absl::Status told = (*finder).Announce("announced.test", document, kPatience);
    INFO(told.message());
    CHECK((IsAnAnswer(told) || absl::IsUnimplemented(told)));
    const auto found = (*finder).Find("announced.test", kPatience);
    if (told.ok() && found.ok()) CHECK(*found == document);
  }
}

TEST_CASE("every finder serves several threads at once") {
  for (const Candidate& candidate : Candidates()) {
    const OpenedFinder finder(candidate);
    INFO(candidate.name);
    std::vector<std::thread> threads;
    std::atomic<int> bad{0};
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 50; ++k) {
          if (!IsAnAnswer((*finder).Find("nobody.invalid", kPatience).status())) ++bad;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(bad == 0);
  }
}

}  // namespace
}  // namespace molva::test
