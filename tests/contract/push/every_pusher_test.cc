// What every push plugin must do.
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <vector>

#include "plugin/library.h"
#include "plugin/push_adapter.h"
#include "tests/contract/candidates.h"
#include "tests/contract/push/receipts.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using plugin::PushPlugin;

// What a plugin prints goes nowhere while this lives.
class Muted {
 public:
  Muted() : before_(::dup(STDOUT_FILENO)) {
    const int null = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
    ::dup2(null, STDOUT_FILENO);
    ::close(null);
  }
  ~Muted() {
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
  }
  Muted(const Muted&) = delete;
  Muted& operator=(const Muted&) = delete;

 private:
  const int before_;
};

// A pusher in a folder of its own.
class Opened {
 public:
  explicit Opened(const Candidate& candidate) {
    const auto library = plugin::Library::Load(candidate.library, MOLVA_KIND_PUSH);
    INFO(library.status().message());
    REQUIRE(library.ok());
    auto opened = PushPlugin::Open(*library, InFolder(candidate.config, folder_ / ""), {});
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    pusher_ = *std::move(opened);
  }
  PushPlugin& operator*() const { return *pusher_; }
  PushPlugin* operator->() const { return pusher_.get(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<PushPlugin> pusher_;
};

TEST_CASE("every pusher ends at once, whatever waits, and survives devices that are none") {
  for (const Candidate& candidate : Candidates()) {
    const Muted muted;
    std::uint64_t gone = 0;
    {
      const Opened pusher(candidate);
      for (int i = 0; i < 200; ++i) {
        Push(*pusher, MessageTo(RecipientWith({"", "{", "\xff\xfe", "https://", "https://x y z",
                                               std::string(100'000, '{')})));
      }
      gone = pusher->counts().gone;
    }
    INFO(candidate.name);
    MOLVA_SAYS("push_plugin.h", "one that is not for this plugin is skipped");
    CHECK(gone == 0);
  }
}

TEST_CASE("every pusher says what came of a device that it knows how to reach, once") {
  for (const Candidate& candidate : Candidates()) {
    if (candidate.sample.empty()) continue;
    const Muted muted;
    const Opened pusher(candidate);
    INFO(candidate.name);
    MOLVA_SAYS("push_plugin.h", "Fills *tally, which the host has zeroed.");
    for (int i = 0; i < 3; ++i) Push(*pusher, MessageTo(RecipientWith({candidate.sample})));
    const plugin::PushCounts counts = WaitFor(*pusher, 3);
    CHECK(counts.sent + counts.failed + counts.gone == 3);
  }
}

TEST_CASE("every pusher takes what has no content and concerns nobody's device") {
  for (const Candidate& candidate : Candidates()) {
    const Muted muted;
    const Opened pusher(candidate);
    INFO(candidate.name);
    push::Receipt empty;
    empty.payload.what = push::What::kRead;
    Push(*pusher, std::move(empty));
    push::Receipt of_channel = MessageTo(RecipientWith({"nobody's"}));
    of_channel.payload.content = {};
    of_channel.channel = "chnAgAAAAAAAAA";
    Push(*pusher, std::move(of_channel));
    while (pusher->queued() > 0) std::this_thread::yield();
    CHECK(pusher->counts().dropped == 0);
  }
}

}  // namespace
}  // namespace molva::test
