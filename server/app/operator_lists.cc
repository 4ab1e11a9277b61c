#include "app/operator_lists.h"

#include <fmt/core.h>

#include "base/strings.h"

namespace molva::app {
namespace {

constexpr std::string_view kBlock = "block ";
constexpr std::string_view kAllow = "allow ";

absl::Status Move(const std::string& pattern, std::set<std::string>& from,
                  std::set<std::string>& to) {
  if (to.size() >= OperatorLists::kMaxPatterns && !to.contains(pattern)) {
    return absl::ResourceExhaustedError(
        fmt::format("the list has {} patterns already", OperatorLists::kMaxPatterns));
  }
  from.erase(pattern);
  to.insert(pattern);
  return absl::OkStatus();
}

}  // namespace

OperatorLists OperatorLists::Parse(std::string_view text) {
  OperatorLists lists;
  for (const std::string_view line : base::SplitWords(text, '\n')) {
    if (line.starts_with(kBlock)) lists.blocked.emplace(line.substr(kBlock.size()));
    if (line.starts_with(kAllow)) lists.allowed.emplace(line.substr(kAllow.size()));
  }
  return lists;
}

std::string OperatorLists::ToText() const {
  std::string text;
  for (const std::string& pattern : blocked) text += fmt::format("{}{}\n", kBlock, pattern);
  for (const std::string& pattern : allowed) text += fmt::format("{}{}\n", kAllow, pattern);
  return text;
}

absl::Status OperatorLists::Block(const std::string& pattern) {
  return Move(pattern, allowed, blocked);
}

absl::Status OperatorLists::Allow(const std::string& pattern) {
  return Move(pattern, blocked, allowed);
}

federation::DomainRules OperatorLists::Join(federation::DomainRules configured) const {
  configured.deny.insert(configured.deny.end(), blocked.begin(), blocked.end());
  if (!configured.allow.empty()) {
    configured.allow.insert(configured.allow.end(), allowed.begin(), allowed.end());
  }
  return configured;
}

}  // namespace molva::app
