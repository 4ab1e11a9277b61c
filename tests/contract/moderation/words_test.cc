// moderation_words: what it finds, what it does then, a list that changes.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "plugin/library.h"
#include "tests/contract/moderation/asking.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using moderation::Ruling;

class Words {
 public:
  explicit Words(const std::string& list, const std::string& more = "") {
    Write(list);
    auto opened = TryOpen(more);
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    plugin_ = *std::move(opened);
  }
  absl::StatusOr<std::unique_ptr<ModerationPlugin>> TryOpen(const std::string& more = "") const {
    const auto library = plugin::Library::Load(
        plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_MODERATION, "words"));
    REQUIRE(library.ok());
    return ModerationPlugin::Open(*library, R"({"file":")" + path() + "\"" + more + "}");
  }
  void Write(const std::string& list) const {
    std::ofstream(path() + ".new") << list;
    std::filesystem::rename(path() + ".new", path());
  }
  Verdict Judge(Case what) const {
    const Answer answer = Ask(*plugin_, std::move(what)).get();
    INFO(answer.status().message());
    REQUIRE(answer.ok());
    return *answer;
  }
  Ruling RulingOn(const std::string& content) const { return Judge(MessageOf(content)).ruling; }
  std::string path() const { return folder_ / "words"; }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<ModerationPlugin> plugin_;
};

TEST_CASE("words are found however they are written, and inside others they are not") {
  const Words words("refuse casino\nrefuse free  Money\nrefuse viagr*\nrefuse straße\n");
  for (const char* text :
       {R"("casino")", R"("The CASINO!")", R"("ｃａｓｉｎｏ")", R"("cas\u200bino")",
        R"("get free money now")", R"("free\nMONEY")", R"("Viagra")", R"("STRASSE")",
        R"({"txt":"hello","ent":[{"data":{"url":"http://casino.example"}}]})",
        R"({"n":123456789012345678901234567890,"txt":"c\u0061sino"})"}) {
    INFO(text);
    CHECK(words.RulingOn(text) == Ruling::kRefuse);
  }
  for (const char* text : {R"("casinos")", R"("free the money")", R"("money free")", R"("viag")",
                           R"({"casino":"a key"})", "12", R"("")"}) {
    INFO(text);
    CHECK(words.RulingOn(text) == Ruling::kAccept);
  }
}

TEST_CASE("the strongest of the rules that match counts, and the reason is the operator's") {
  const Words words("replace a\nquarantine b\nrefuse c\ndrop d\n", R"(,"reason":"be kind")");
  CHECK(words.RulingOn(R"("a b c d")") == Ruling::kDrop);
  CHECK(words.RulingOn(R"("a b c")") == Ruling::kRefuse);
  CHECK(words.RulingOn(R"("b a")") == Ruling::kQuarantine);
  CHECK(words.Judge(MessageOf(R"("c")")).reason == "be kind");
}

TEST_CASE("what is replaced keeps its length, and the rest of the content its meaning") {
  const Words words("replace darn\nreplace schön*\n");
  const Verdict verdict = words.Judge(
      MessageOf(R"({"txt":"Darn, schönste!","fmt":[{"at":0,"len":4,"tp":"ST"}],"n":1e2})"));
  CHECK(verdict.ruling == Ruling::kReplace);
  CHECK(verdict.content.text ==
        R"({"txt":"****, ********!","fmt":[{"at":0,"len":4,"tp":"ST"}],"n":100.0})");
  CHECK_FALSE(verdict.has_head);
}

TEST_CASE("cards and tags are looked at unless the operator does not want it") {
  Case account;
  account.subject = moderation::Subject::kAccount;
  account.tags = {"basic:darn"};
  const Words words("replace darn\nrefuse casino\n");
  CHECK(words.Judge(account).ruling == Ruling::kRefuse);  // tags are not rewritten
  account.tags = {};
  account.content = {R"({"fn":"Darn"})"};
  CHECK(words.Judge(account).content.text == R"({"fn":"****"})");
  const Words messages_only("refuse darn\n", R"(,"accounts":false)");
  CHECK(messages_only.Judge(account).ruling == Ruling::kAccept);
  CHECK(messages_only.RulingOn(R"("darn")") == Ruling::kRefuse);
}

TEST_CASE("the list is read again when it has changed, and a broken one changes nothing") {
  const Words words("refuse one\n");
  CHECK(words.RulingOn(R"("two")") == Ruling::kAccept);
  words.Write("refuse two # since today\n");
  const auto becomes = [&](const char* text, Ruling ruling) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (words.RulingOn(text) != ruling && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return words.RulingOn(text) == ruling;
  };
  CHECK(becomes(R"("two")", Ruling::kRefuse));
  words.Write("shout three\n");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // the file is looked at by then
  CHECK(words.RulingOn(R"("two")") == Ruling::kRefuse);
  std::filesystem::remove(words.path());
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));
  CHECK(words.RulingOn(R"("two")") == Ruling::kRefuse);
  words.Write("refuse four\n");
  CHECK(becomes(R"("four")", Ruling::kRefuse));
}

TEST_CASE("a list that is none keeps the plugin from opening, and says where") {
  const Words words("\n\n# nothing yet\n");
  for (const auto& [list, why] :
       {std::pair{"refuse a\nshout b\n", "line 2: a rule is drop, refuse, quarantine or replace"},
        std::pair{"refuse\n", "line 1"}, std::pair{"refuse ...\n", "1 to 8 words"},
        std::pair{"refuse a b c d e f g h i\n", "1 to 8 words"}}) {
    words.Write(list);
    const auto opened = words.TryOpen();
    INFO(list);
    CHECK(std::string(opened.status().message()).find(why) != std::string::npos);
  }
  words.Write("refuse " + std::string(65, 'a') + "\n");
  CHECK_FALSE(words.TryOpen().ok());
  std::string many;
  for (int i = 0; i < 10'001; ++i) many += "refuse w" + std::to_string(i) + "\n";
  words.Write(many);
  CHECK_FALSE(words.TryOpen().ok());
  words.Write(std::string((1 << 20) + 1, '\n'));
  CHECK_FALSE(words.TryOpen().ok());
  std::filesystem::remove(words.path());
  CHECK_FALSE(words.TryOpen().ok());
}

}  // namespace
}  // namespace molva::test
