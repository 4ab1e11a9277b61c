// The file that a group of operators shares: domains and their key documents.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "molva/plugin.hpp"

namespace molva::discovery_file {

using Servers = std::map<std::string, std::string, std::less<>>;  // domain → document

inline constexpr std::size_t kMaxFileBytes = 16 << 20;
inline constexpr std::size_t kMaxServers = 100'000;

// Reads the text of the file.
// Errors: MALFORMED, saying what is wrong with it.
sdk::Outcome ParseServers(std::string_view text, Servers* servers);
std::string PrintServers(const Servers& servers);

// Errors: NOT_FOUND: no such file; UNAVAILABLE: it cannot be read; MALFORMED, as ParseServers.
sdk::Outcome ReadServers(const std::string& path, Servers* servers);
// Puts one server into the file, which is replaced as a whole; others do the same meanwhile.
// Errors: as ReadServers, but for NOT_FOUND; UNAVAILABLE: it cannot be written.
sdk::Outcome PutServer(const std::string& path, std::string_view domain, std::string_view document);

}  // namespace molva::discovery_file
