#include "admin/health.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/strings.h"
#include "config/json_text.h"

namespace molva::admin {
namespace {

constexpr std::string_view kPhases[] = {"starting", "serving", "draining"};

std::string_view Name(NodePhase phase) { return kPhases[static_cast<int>(phase)]; }

}  // namespace

bool HealthReport::ok() const {
  return phase == NodePhase::kServing &&
         std::all_of(checks.begin(), checks.end(),
                     [](const CheckResult& check) { return check.status.ok(); });
}

std::string HealthReport::ToText() const {
  std::string text = fmt::format("{} ({})\n", ok() ? "ready" : "not ready", Name(phase));
  for (const CheckResult& check : checks) {
    const std::string_view detail = check.status.ok() ? "ok" : base::ToStd(check.status.message());
    text += fmt::format("{}: {}\n", check.name, detail);
  }
  return text;
}

std::string HealthReport::ToJson() const {
  std::string list;
  for (const CheckResult& check : checks) {
    list += fmt::format("{}{{\"name\":{},\"ok\":{}", list.empty() ? "" : ",",
                        config::QuoteJson(check.name), check.status.ok());
    if (!check.status.ok()) {
      list += fmt::format(",\"detail\":{}", config::QuoteJson(base::ToStd(check.status.message())));
    }
    list += '}';
  }
  return fmt::format("{{\"ready\":{},\"phase\":\"{}\",\"checks\":[{}]}}", ok(), Name(phase), list);
}

void HealthBoard::AddCheck(std::string name, Check check) {
  runtime::MutexLock lock(mutex_);
  checks_.push_back({std::move(name), std::move(check)});
}

void HealthBoard::SetPhase(NodePhase phase) {
  runtime::MutexLock lock(mutex_);
  phase_ = phase;
}

NodePhase HealthBoard::phase() const {
  runtime::MutexLock lock(mutex_);
  return phase_;
}

HealthReport HealthBoard::Ready() const {
  runtime::MutexLock lock(mutex_);
  HealthReport report;
  report.phase = phase_;
  for (const Entry& entry : checks_) report.checks.push_back({entry.name, entry.check()});
  return report;
}

}  // namespace molva::admin
