#include "app/check_node.h"

#include <fmt/core.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "app/api_keys.h"
#include "app/command_line.h"
#include "app/core.h"
#include "app/data_directory.h"
#include "app/ice_servers.h"
#include "app/list_plugins.h"
#include "app/remote_plugins.h"
#include "base/strings.h"
#include "plugin/child_trial.h"
#include "transport/tls_context.h"

namespace molva::app {
namespace {

// Each has its time to open; a node that has more is not one.
constexpr int kPluginsAtMost = 10;

// Prints what was found and remembers whether all was well.
class Findings {
 public:
  void Note(std::string_view what, const absl::Status& status) {
    fmt::print("{:<5} {}{}{}\n", status.ok() ? "ok" : "BAD", what, status.ok() ? "" : ": ",
               base::ToStd(status.message()));
    all_good_ = all_good_ && status.ok();
  }
  void Remark(std::string_view what) { fmt::print("note  {}\n", what); }
  bool all_good() const { return all_good_; }

 private:
  bool all_good_ = true;
};

void CheckPlugins(const config::Config& config, Findings& findings) {
  for (const PluginState& state : InspectPlugins(config)) {
    if (!state.is_configured) continue;
    findings.Note(
        fmt::format("plugin {}", state.path),
        state.problem.empty() ? absl::OkStatus() : absl::FailedPreconditionError(state.problem));
  }
}

// In a child: plugins may do anything. What they log is seen.
absl::Status TryToBuild(const config::Config& config, const DataDirectory& data) {
  const auto build = [&](int report) {
    const absl::Status status = Core::Build(config, data).status();
    plugin::Tell(report, base::ToStd(status.message()));
    plugin::Tell(report, status.ok() ? plugin::kVerdictGood : plugin::kVerdictBad);
  };
  const absl::Duration patience = kPluginsAtMost * config.Duration("node.plugin_deadline");
  const plugin::Outcome outcome = plugin::TryInChild(
      build, std::chrono::milliseconds(absl::ToInt64Milliseconds(patience)), plugin::Prints::kSeen);
  if (outcome.ending == plugin::Ending::kPassed) return absl::OkStatus();
  return absl::FailedPreconditionError(outcome.why.substr(0, outcome.why.find('\n')));
}

void CheckStore(const config::Config& config, Findings& findings) {
  const absl::StatusOr<DataDirectory> data = DataDirectory::Open(config.Text("node.data"));
  if (absl::IsUnavailable(data.status())) {
    findings.Remark("a node runs in the data directory; keys and store were not opened");
    return;
  }
  findings.Note(fmt::format("data directory {}", config.Text("node.data")), data.status());
  if (!data.ok()) return;
  findings.Note("keys, store and other plugins open", TryToBuild(config, *data));
}

}  // namespace

int CheckNode(const config::Config& config) {
  Findings findings;
  findings.Note("configuration", absl::OkStatus());
  findings.Note("API keys", ApiKeys::FromConfig(config).status());
  if (const std::string& chain = config.Text("tls.certificate"); !chain.empty()) {
    findings.Note(fmt::format("certificate {}", chain),
                  transport::TlsContext::Load(chain, config.Text("tls.key")).status());
  } else {
    findings.Remark("TLS is off");
  }
  findings.Note("ICE servers", IceServersOf(config).status());
  CheckPlugins(config, findings);
  findings.Note("remote plugins", ReadRemotePlugins(config).status());
  CheckStore(config, findings);
  return findings.all_good() ? kExitGood : kExitFailed;
}

}  // namespace molva::app
