// validator_tel: numbers of the world, and scripts that do what the case wants.
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "tests/contract/validator/harness.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using model::Fault;
using validation::Letter;

std::string WriteScript(const std::string& path, const std::string& body) {
  std::ofstream(path) << "#!/bin/sh\n" << body;
  REQUIRE(::chmod(path.c_str(), 0700) == 0);
  return path;
}

std::unique_ptr<plugin::ValidatorPlugin> OpenScript(const std::string& path,
                                                    const std::string& more = {}) {
  return Open("tel", "{\"script\":\"" + path + "\"" + more + "}");
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const Letter kLetter = LetterTo("+442079460123");

TEST_CASE("numbers are written in full, whatever their country and form") {
  const auto tel = OpenScript("/bin/true");
  const struct {
    const char* value;
    const char* country;
    const char* normal;
  } cases[] = {
      {"(202) 555-0123", "", "+12025550123"},    {"1-202-555-0123", "", "+12025550123"},
      {"+1 202.555.0123", "GB", "+12025550123"}, {"020 7946 0123", "GB", "+442079460123"},
      {"020 7946 0123", "gb", "+442079460123"},  {"8 (912) 345-67-89", "RU", "+79123456789"},
      {"06 1 234 5678", "HU", "+3612345678"},    {"06 6982 1234", "IT", "+390669821234"},
      {"912 345 678", "ES", "+34912345678"},     {"010-1234-5678", "KR", "+821012345678"},
      {"0171/1234567", "DE", "+491711234567"},   {"+290 22158", "", "+29022158"},
  };
  for (const auto& one : cases) {
    INFO(one.value);
    const std::string params =
        *one.country == 0 ? "" : "{\"countryCode\":\"" + std::string(one.country) + "\"}";
    CHECK(Normal(*tel, one.value, params) == one.normal);
  }
  CHECK(Normal(*OpenScript("/bin/true", R"(,"default_country":"FR")"), "01 23 45 67 89") ==
        "+33123456789");
}

TEST_CASE("what cannot be a number is malformed") {
  const auto tel = OpenScript("/bin/true");
  for (const char* bad :
       {"555-0123", "1-102-555-0123", "202-155-0123", "+999 123456789", "+44 0 20 7946 0123",
        "+1234567890123456", "tel:+12025550123", "+1 202 555 0123 ext 5", "--", "++12025550123"}) {
    INFO(bad);
    CHECK(Normal(*tel, bad) == "malformed");
  }
  for (const char* params : {R"({"countryCode":"ZZ"})", R"({"countryCode":1})", "[]", "{"}) {
    INFO(params);
    CHECK(Normal(*tel, "2025550123", params) == "malformed");
  }
  CHECK(Normal(*tel, "0912 345 678", R"({"countryCode":"ES"})") == "malformed");
  CHECK(Normal(*tel, "2025550123", "{\"x\":\"" + std::string(2000, 'y') + "\"}") == "malformed");
}

TEST_CASE("the script gets number, language and reason as arguments, the code on its input") {
  const TemporaryFolder folder;
  const std::string out = folder / "out";
  const auto tel = OpenScript(WriteScript(
      folder / "send", "{ printf '%s|' \"$@\"; cat; env | grep -c ^HOME; } >" + out + "\nexit 0"));
  Letter letter = kLetter;
  letter.language = "en-GB; rm -rf /$(x)";
  CHECK(tel->Send(letter).ok());
  CHECK(ReadFile(out) == "+442079460123|en-GBrm-rfx|confirm|123456\n0\n");
  letter.reason = validation::Reason::kReset;
  letter.language = "";
  CHECK(tel->Send(letter).ok());
  CHECK(ReadFile(out) == "+442079460123||reset|123456\n0\n");
}

TEST_CASE("the exit code of the script decides") {
  const TemporaryFolder folder;
  const auto fault = [&](const std::string& body) {
    return model::FaultOf(OpenScript(WriteScript(folder / "send", body))->Send(kLetter));
  };
  CHECK(fault("exit 0") == Fault::kOk);
  CHECK(fault("exit 65") == Fault::kPolicyViolation);
  CHECK(fault("exit 1") == Fault::kServiceUnavailable);
  CHECK(fault("exit 75") == Fault::kServiceUnavailable);
  CHECK(fault("kill -9 $$") == Fault::kServiceUnavailable);
}

TEST_CASE("a script that does not end is ended, with what it started") {
  const TemporaryFolder folder;
  const std::string pid_file = folder / "pid";
  const auto tel =
      OpenScript(WriteScript(folder / "send", "sleep 1000 & echo $! >" + pid_file + "; wait"),
                 R"(,"timeout_seconds":1)");
  CHECK(model::FaultOf(tel->Send(kLetter)) == Fault::kServiceUnavailable);
  // The grandchild has no parent to collect it but init: it is gone, or dead and waiting for that.
  const std::string stat = "/proc/" + std::to_string(std::stoi(ReadFile(pid_file))) + "/stat";
  for (;;) {
    const std::string state = ReadFile(stat);
    if (state.empty() || state.find(") Z") != std::string::npos) break;
    std::this_thread::yield();
  }
}

TEST_CASE("only so many scripts run at once") {
  const TemporaryFolder folder;
  const std::string pipe = folder / "pipe";
  const std::string started = folder / "started";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const auto tel =
      OpenScript(WriteScript(folder / "send", "echo >" + started + "; read line <" + pipe),
                 R"(,"at_once":1,"timeout_seconds":300)");
  absl::Status first;
  std::thread sender([&] { first = tel->Send(kLetter); });
  while (!std::filesystem::exists(started)) std::this_thread::yield();
  CHECK(model::FaultOf(tel->Send(kLetter)) == Fault::kServiceUnavailable);
  std::ofstream(pipe) << "go\n";
  sender.join();
  CHECK(first.ok());
}

TEST_CASE("settings of validator_tel that could not work are refused") {
  for (const char* config :
       {R"({"script":"send"})", R"({"script":"/nonexistent"})", R"({"script":"/etc/passwd"})",
        R"({"script":"/bin/true","default_country":"ZZ"})",
        R"({"script":"/bin/true","timeout_seconds":0})"}) {
    INFO(config);
    CHECK(absl::IsInvalidArgument(TryOpen("tel", config).status()));
  }
}

}  // namespace
}  // namespace molva::test
