// What every moderation plugin must do.
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "plugin/library.h"
#include "tests/contract/candidates.h"
#include "tests/contract/moderation/asking.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

// A moderator in a folder of its own.
class OpenedModerator {
 public:
  explicit OpenedModerator(const Candidate& candidate) {
    const auto library = plugin::Library::Load(candidate.library, MOLVA_KIND_MODERATION);
    INFO(library.status().message());
    REQUIRE(library.ok());
    auto opened = ModerationPlugin::Open(*library, InFolder(candidate.config, folder_ / ""));
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    plugin_ = *std::move(opened);
  }
  ModerationPlugin& operator*() const { return *plugin_; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<ModerationPlugin> plugin_;
};

std::vector<Case> StrangeCases() {
  std::vector<Case> cases;
  for (const char* content :
       {"", "{}", "\"\"", "null", "[]", "12e400", "{\"txt\":null}", "{\"txt\":[[[[]]]]}",
        R"({"ent":[{"data":{"val":"////"}}],"txt":"\u0000\ud83d\ude00"})"}) {
    cases.push_back(MessageOf(content));
  }
  cases.push_back(MessageOf("\"" + std::string(500'000, 'a') + "\""));
  Case edit = MessageOf("\"again\"");
  edit.head = {{"replace", {"\":7\""}}, {"mime", {"\"text/plain\""}}};
  edit.replaces = ":7";
  edit.files = {"file1", "file2"};
  edit.origin = "b.test";
  cases.push_back(edit);
  Case account;
  account.subject = moderation::Subject::kAccount;
  account.content = {R"({"fn":"Ann"})"};
  account.tags = {"basic:ann", "city:oslo", ""};
  account.is_new = true;
  cases.push_back(account);
  Case contact = MessageOf("");
  contact.subject = moderation::Subject::kContact;
  contact.peer = "usrAgAAAAAAAAA";
  cases.push_back(contact);
  return cases;
}

TEST_CASE("every moderator wants to be asked about something") {
  using moderation::Subject;
  for (const Candidate& candidate : Candidates()) {
    const OpenedModerator moderator(candidate);
    INFO(candidate.name);
    MOLVA_SAYS("moderation_plugin.h", "MOLVA_MODERATES of what it is asked about; at least one");
    CHECK(((*moderator).Wants(Subject::kMessage) || (*moderator).Wants(Subject::kAccount) ||
           (*moderator).Wants(Subject::kContact)));
  }
}

TEST_CASE("every moderator gives a verdict on whatever comes, and only one") {
  for (const Candidate& candidate : Candidates()) {
    const OpenedModerator moderator(candidate);
    INFO(candidate.name);
    MOLVA_SAYS("moderation_plugin.h", "decide is called exactly once per token");
    for (const Case& what : StrangeCases()) {
      if (!(*moderator).Wants(what.subject)) continue;
      INFO(what.content.text.substr(0, 100));
      std::future<Answer> answer = Ask(*moderator, what);
      REQUIRE(Comes(answer));
      const Answer verdict = answer.get();
      INFO(verdict.status().message());
      CHECK(verdict.ok());
    }
    CHECK((*moderator).late() == 0);
  }
}

TEST_CASE("every moderator says the same of the same thing, from whatever thread it is asked") {
  for (const Candidate& candidate : Candidates()) {
    const OpenedModerator moderator(candidate);
    INFO(candidate.name);
    if (!(*moderator).Wants(moderation::Subject::kMessage)) continue;
    const Case what = MessageOf("\"good morning\"");
    const auto verdict = Ask(*moderator, what).get();
    std::vector<std::thread> threads;
    std::atomic<int> different{0};
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < 100; ++k) {
          const Answer again = Ask(*moderator, what).get();
          if (again.ok() != verdict.ok() || again->ruling != verdict->ruling) ++different;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(different == 0);
    CHECK((*moderator).waiting() == 0);
  }
}

TEST_CASE("every moderator objects to what its author says that it objects to") {
  for (const Candidate& candidate : Candidates()) {
    if (candidate.sample.empty()) continue;
    const OpenedModerator moderator(candidate);
    INFO(candidate.name);
    std::future<Answer> answer = Ask(*moderator, MessageOf(candidate.sample));
    REQUIRE(Comes(answer));
    const Answer verdict = answer.get();
    REQUIRE(verdict.ok());
    CHECK(verdict->ruling != moderation::Ruling::kAccept);
  }
}

TEST_CASE("every moderator can be closed while cases wait") {
  for (const Candidate& candidate : Candidates()) {
    const OpenedModerator moderator(candidate);
    for (int i = 0; i < 200; ++i) {
      (*moderator).Ask(std::make_shared<const Case>(MessageOf("\"hello\"")), [](Answer) {});
    }
  }
  SUCCEED("none of them crashed");
}

}  // namespace
}  // namespace molva::test
