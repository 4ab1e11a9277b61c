// Text → settings. Every problem is found and named at once, not only the first.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.h"
#include "config/setting.h"

namespace molva::config {

// One thing wrong with the configuration.
struct Problem {
  std::string place;  // "molva.toml:12", "MOLVA_LISTEN_HTTP", "--port"
  std::string what;

  std::string ToString() const { return place + ": " + what; }
};
using Problems = std::vector<Problem>;

// A value given outside the file: {"listen.http", "127.0.0.1:7000"}.
using Override = std::pair<std::string, std::string>;

// A file longer than this is refused unread.
inline constexpr std::size_t kMaxConfigBytes = 1 << 20;

// Reads TOML `text` into `config`, on top of what is there. `place` names the file in problems.
// After a problem the other values are still set; the caller must not use them.
void ParseConfig(std::string_view text, std::string_view place, Config& config, Problems& problems);

// "listen.http" → "MOLVA_LISTEN_HTTP".
std::string EnvironmentName(std::string_view setting);

// Takes the MOLVA_… entries of `environment` ("NAME=value", as environ) that name a setting, and
// those that name one with _FILE behind it for secrets. Others that resemble a setting's name are
// problems too; the rest is not ours.
void ApplyEnvironment(std::span<const std::string> environment, Config& config, Problems& problems);

// Takes values from the command line.
void ApplyOverrides(std::span<const Override> overrides, Config& config, Problems& problems);

// The name in `rows` that someone who wrote `name` may have meant; empty if none is near.
std::string_view NearestName(Rows rows, std::string_view name);

}  // namespace molva::config
