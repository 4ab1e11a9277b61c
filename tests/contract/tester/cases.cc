// Catch2 itself is compiled here. A crash must end the process, and the parent tells of it.
#define CATCH_CONFIG_RUNNER
#define CATCH_CONFIG_NO_POSIX_SIGNALS
#include "tests/contract/tester/cases.h"

#include <filesystem>
#include <string>

#include "plugin/child_trial.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

// Where RunCase says that this process reports to; Catch2 makes the reporter itself, so it cannot
// be handed in.
int& ReportDescriptor() {
  static int descriptor = -1;
  return descriptor;
}

// A few lines for each check that failed: what was expected, what came, what the contract says.
class PlainReporter : public Catch::StreamingReporterBase<PlainReporter> {
 public:
  using StreamingReporterBase::StreamingReporterBase;
  static std::string getDescription() { return "what failed, in plain lines"; }
  void assertionStarting(const Catch::AssertionInfo&) override {}

  bool assertionEnded(const Catch::AssertionStats& stats) override {
    const Catch::AssertionResult& result = stats.assertionResult;
    if (result.isOk()) return true;
    std::string text;
    if (result.hasExpression()) text += "expected: " + result.getExpression() + "\n";
    if (result.hasExpandedExpression())
      text += "found:    " + result.getExpandedExpression() + "\n";
    if (result.hasMessage()) text += std::string(result.getMessage()) + "\n";
    for (const Catch::MessageInfo& message : stats.infoMessages) {
      if (!message.message.empty()) text += message.message + "\n";
    }
    plugin::Tell(ReportDescriptor(), text);
    return true;
  }
};
CATCH_REGISTER_REPORTER("plain", PlainReporter)

Catch::Session& TheSession() {
  static Catch::Session session;  // Catch2 allows one in a process
  return session;
}

// The folder of the case's file: tests/contract/<kind>/…, or tests/contract itself.
std::string FolderOf(const Catch::TestCase& one) {
  return std::filesystem::path(one.lineInfo.file).parent_path().filename().string();
}

// Commas and brackets have a meaning in the words that select cases.
std::string Quoted(const std::string& name) {
  std::string quoted;
  for (const char c : name) {
    if (c == ',' || c == '[' || c == ']' || c == '\\' || c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted;
}

}  // namespace

std::vector<std::string> CasesOf(std::string_view kind) {
  TheSession();
  std::vector<std::string> general;
  std::vector<std::string> particular;
  for (const Catch::TestCase& one : Catch::getRegistryHub().getTestCaseRegistry().getAllTests()) {
    const std::string folder = FolderOf(one);
    if (folder == "contract") general.push_back(one.name);
    if (folder == kind) particular.push_back(one.name);
  }
  general.insert(general.end(), particular.begin(), particular.end());
  return general;
}

void RunCase(const std::string& name, int report) {
  ReportDescriptor() = report;
  Catch::Session& session = TheSession();
  session.configData().reporterName = "plain";
  session.configData().testsOrTags = {Quoted(name)};
  const int failed = session.run();
  plugin::Tell(report, failed == 0 ? plugin::kVerdictGood : plugin::kVerdictBad);
}

}  // namespace molva::test
