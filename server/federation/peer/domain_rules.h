// Which servers this node deals with.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace molva::federation {

// A plain value. A pattern is a domain, "*.domain" (all below it) or "*".
struct DomainRules {
  std::vector<std::string> allow;        // empty: everybody
  std::vector<std::string> deny;         // goes before allow
  std::vector<std::string> no_presence;  // are told nothing of who is online

  bool Allows(std::string_view domain) const;
  bool TellsPresence(std::string_view domain) const;
};

// Whether `domain` fits `pattern`. Both in lower case.
bool DomainMatches(std::string_view pattern, std::string_view domain);

}  // namespace molva::federation
