#include "federation/peer/domain_rules.h"

#include <algorithm>

namespace molva::federation {
namespace {

bool MatchesAny(const std::vector<std::string>& patterns, std::string_view domain) {
  return std::any_of(patterns.begin(), patterns.end(),
                     [&](const std::string& pattern) { return DomainMatches(pattern, domain); });
}

}  // namespace

bool DomainMatches(std::string_view pattern, std::string_view domain) {
  if (pattern == "*" || pattern == domain) return true;
  if (!pattern.starts_with("*.")) return false;
  const std::string_view suffix = pattern.substr(1);
  return domain.size() > suffix.size() && domain.ends_with(suffix);
}

bool DomainRules::Allows(std::string_view domain) const {
  return !MatchesAny(deny, domain) && (allow.empty() || MatchesAny(allow, domain));
}

bool DomainRules::TellsPresence(std::string_view domain) const {
  return !MatchesAny(no_presence, domain);
}

}  // namespace molva::federation
