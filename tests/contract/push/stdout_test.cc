// push_stdout, read at the other end of a pipe.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "tests/contract/push/harness.h"

namespace molva::test {
namespace {

// While it lives the standard output goes into a pipe.
class Captured {
 public:
  Captured() : before_(::dup(STDOUT_FILENO)) {
    REQUIRE(::pipe(ends_.data()) == 0);
    ::dup2(ends_[1], STDOUT_FILENO);
  }
  ~Captured() {
    ::dup2(before_, STDOUT_FILENO);
    ::close(before_);
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  std::string Line() {
    std::string line;
    char c = 0;
    while (::read(ends_[0], &c, 1) == 1 && c != '\n') line += c;
    return line;
  }

 private:
  const int before_;
  std::array<int, 2> ends_{};
};

// Catch2 writes to the standard output too: what is checked leaves it first.
std::string LineOf(const std::string& config, const push::Receipt& receipt) {
  Captured captured;
  const auto pusher = Open("stdout", config);
  Push(*pusher, receipt);
  return captured.Line();
}

TEST_CASE("a message is one line") {
  push::Receipt receipt = MessageTo(RecipientWith({"device 1", "device \"2\""}));
  receipt.payload.content = {"{\n\"txt\":\"a\\nb\"}"};
  receipt.payload.mime = "text/x-drafty";
  const std::string line = LineOf("{}", receipt);
  CHECK(line ==
        R"({"what":"msg","xfrom":"usrAgAAAAAAAAA","ts":1700000000123,"seq":7,)"
        R"("mime":"text/x-drafty","content":{ "txt":"a\nb"},)"
        R"("to":[{"user":"usrAQAAAAAAAAA","topic":"usrAgAAAAAAAAA","silent":false,"unread":3,)"
        R"("devices":[{"id":"device 1","platform":"web","lang":"en"},)"
        R"({"id":"device \"2\"","platform":"web","lang":"en"}]}]})");
}

TEST_CASE("a subscription shows the modes, and content can be left out") {
  push::Receipt receipt = MessageTo(RecipientWith({"device"}));
  const std::string message = LineOf(R"({"content":false})", receipt);
  receipt.payload.what = push::What::kSubscription;
  receipt.payload.content = {};
  receipt.payload.want = *model::AccessMode::Parse("JRW");
  receipt.payload.given = *model::AccessMode::Parse("JR");
  receipt.channel = "chnAbc";
  const std::string subscription = LineOf("{}", receipt);
  CHECK(message.find("hello") == std::string::npos);
  CHECK(subscription.find(R"("modeWant":"JRW","modeGiven":"JR")") != std::string::npos);
  CHECK(subscription.find(R"("channel":"chnAbc"})") != std::string::npos);
}

TEST_CASE("a reader that does not read cannot keep the pusher from ending") {
  Captured captured;
  const auto pusher = Open("stdout", "{}");
  for (int i = 0; i < 100; ++i) Push(*pusher, MessageTo(RecipientWith({std::string(10'000, 'd')})));
}

}  // namespace
}  // namespace molva::test
