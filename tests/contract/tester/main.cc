// molva-plugin-test: holds one plugin to the contract of its kind.
#include <fmt/core.h>
#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "base/strings.h"
#include "molva/json_text.hpp"
#include "plugin/child_trial.h"
#include "plugin/probe.h"
#include "tests/contract/candidates.h"
#include "tests/contract/tester/cases.h"
#include "tests/contract/tester/options.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

// The plugin under test; the cases ask for it, and Catch2 hands nothing in.
std::vector<Candidate>& TheCandidate() {
  static std::vector<Candidate> one;
  return one;
}

constexpr int kExitUsage = 2;

struct Finding {
  std::string name;
  plugin::Outcome outcome;
};

std::string Indented(const std::string& text) {
  std::string indented;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    indented += "      " + text.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return indented;
}

void Print(const Finding& finding) {
  const plugin::Outcome& outcome = finding.outcome;
  const bool is_good = outcome.ending == plugin::Ending::kPassed;
  fmt::print("{:<4}  {}\n", is_good ? "ok" : "FAIL", finding.name);
  if (!outcome.why.empty()) fmt::print("{}", Indented(outcome.why));
  if (!outcome.output.empty()) fmt::print("      printed:\n{}", Indented(outcome.output));
  std::fflush(stdout);
}

std::string ToJson(const Finding& finding) {
  return sdk::JsonObject()
      .Text("name", finding.name)
      .Text("outcome", plugin::NameOf(finding.outcome.ending))
      .Text("why", finding.outcome.why)
      .Text("output", finding.outcome.output)
      .Finish();
}

class Tester {
 public:
  explicit Tester(const Options& options) : options_(options) {}

  // The exit code.
  int Run() {
    const absl::StatusOr<plugin::PluginFacts> facts =
        plugin::ProbePlugin(options_.library, options_.deadline);
    std::string fault;
    if (!facts.ok()) fault = std::string(base::ToStd(facts.status().message()));
    if (facts.ok() && !options_.kind.empty() && options_.kind != facts->kind) {
      fault = fmt::format("its kind is {}, wanted is {}", facts->kind, options_.kind);
    }
    const plugin::Ending ending = fault.empty() ? plugin::Ending::kPassed : plugin::Ending::kFailed;
    Note({"it loads, and its table is sound", {ending, fault, ""}});
    if (!fault.empty()) return Close();
    TheCandidate().front().name = facts->name;
    kind_ = facts->kind;
    for (const std::string& name : CasesOf(facts->kind)) {
      if (name.find(options_.wanted) != std::string::npos) Note({name, Try(name)});
    }
    return Close();
  }

 private:
  void Note(Finding finding) {
    (finding.outcome.ending == plugin::Ending::kPassed ? passed_ : failed_) += 1;
    if (options_.form == Form::kText) Print(finding);
    findings_.push_back(std::move(finding));
  }
  int Close() const {
    if (options_.form == Form::kJson) {
      std::string cases;
      for (const Finding& finding : findings_)
        cases += (cases.empty() ? "" : ",") + ToJson(finding);
      fmt::print("{}\n", sdk::JsonObject()
                             .Number("passed", passed_)
                             .Number("failed", failed_)
                             .Raw("cases", "[" + cases + "]")
                             .Finish());
    } else {
      fmt::print("{} passed, {} failed\n", passed_, failed_);
    }
    return failed_ == 0 && passed_ > 0 ? 0 : 1;
  }

  // The folder is ours, not the child's: a child that crashes cleans nothing up. What the case puts
  // elsewhere for a while goes there, too: a store has a folder of its own each time it is made.
  plugin::Outcome Try(const std::string& name) const {
    const TemporaryFolder scratch;
    return plugin::TryInChild(
        [this, &name, &scratch](int report) {
          ::setenv("TMPDIR", (scratch / "").c_str(), 1);
          std::string& config = TheCandidate().front().config;
          if (kind_ != "store") config = InFolder(config, scratch / "");
          RunCase(name, report);
        },
        options_.deadline);
  }

  const Options& options_;
  std::string kind_;
  std::vector<Finding> findings_;
  std::int64_t passed_ = 0;
  std::int64_t failed_ = 0;
};

}  // namespace

const std::vector<Candidate>& Candidates() { return TheCandidate(); }

int Refuse(const absl::Status& status) {
  fmt::print(stderr, "molva-plugin-test: {}\n", base::ToStd(status.message()));
  return kExitUsage;
}

int List(const Options& options) {
  std::string kind = options.kind;
  if (kind.empty() && !options.library.empty()) {
    const absl::StatusOr<plugin::PluginFacts> facts =
        plugin::ProbePlugin(options.library, options.deadline);
    if (!facts.ok()) return Refuse(facts.status());
    kind = facts->kind;
  }
  for (const std::string& name : CasesOf(kind)) fmt::print("{}\n", name);
  return 0;
}

int Main(const std::vector<std::string>& words) {
  const absl::StatusOr<Options> options = ParseOptions(words);
  if (!options.ok()) return Refuse(options.status());
  if (options->task == Task::kHelp) {
    fmt::print("{}", HelpText());
    return 0;
  }
  if (options->task == Task::kList) return List(*options);
  const std::string config = Replaced(options->config, "$PLUGINS", options->plugin_folder);
  TheCandidate() = {{"", options->library, config, options->sample}};
  return Tester(*options).Run();
}

}  // namespace molva::test

int main(int argc, char** argv) {
  return molva::test::Main(std::vector<std::string>(argv + 1, argv + argc));
}
