// Log lines as they reach standard error.
#include "base/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "tests/support/catch.h"

namespace molva::base {
namespace {

// Standard error goes into a pipe while this lives; back to the silence of tests afterwards.
class CapturedStderr {
 public:
  CapturedStderr() : saved_(::dup(2)) {
    REQUIRE(::pipe2(pipe_, O_NONBLOCK) == 0);
    ::dup2(pipe_[1], 2);
  }
  ~CapturedStderr() {
    ConfigureLog(LogLevel::kInfo, LogFormat::kAuto);
    ::dup2(saved_, 2);
    ::close(saved_);
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  // What was written since the last call.
  std::string Take() {
    std::string text(4096, '\0');
    const ssize_t got = ::read(pipe_[0], text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

 private:
  int saved_;
  int pipe_[2];
};

TEST_CASE("a JSON log line is one object with its values escaped", "[log]") {
  CapturedStderr captured;
  ConfigureLog(LogLevel::kInfo, LogFormat::kJson);
  LogWarning("it \"broke\"\n", {{"path", "C:\\tmp"}, {"byte", std::string("\x01\x1f", 2)}});
  const std::string line = captured.Take();
  CHECK(line.substr(0, 7) == "{\"ts\":\"");
  CHECK(line.find(R"("level":"warning","msg":"it \"broke\"\u000a","path":"C:\\tmp",)"
                  R"("byte":"\u0001\u001f"})") != std::string::npos);
  CHECK(std::count(line.begin(), line.end(), '\n') == 1);
  CHECK(line.back() == '\n');
}

TEST_CASE("a text log line names the values behind the sentence", "[log]") {
  CapturedStderr captured;
  ConfigureLog(LogLevel::kDebug, LogFormat::kText);
  LogInfo("listening", {{"port", "6060"}});
  const std::string line = captured.Take();
  CHECK(line.find("listening  port=6060\n") != std::string::npos);
  LogError("no");
  CHECK(captured.Take().find("\x1b[31mno\x1b[0m\n") != std::string::npos);
}

TEST_CASE("what is below the lowest level is not written", "[log]") {
  CapturedStderr captured;
  ConfigureLog(LogLevel::kWarning, LogFormat::kJson);
  LogDebug("a");
  LogInfo("b");
  CHECK(captured.Take().empty());
  LogWarning("c");
  CHECK_FALSE(captured.Take().empty());
  ConfigureLog(LogLevel::kSilent, LogFormat::kJson);
  LogError("d");
  CHECK(captured.Take().empty());
}

}  // namespace
}  // namespace molva::base
