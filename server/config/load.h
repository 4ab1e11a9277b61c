// The whole configuration from where it stands: file, environment, command line, in this order.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/parse.h"

namespace molva::config {

// What to read.
struct Sources {
  std::optional<std::string> file;
  std::vector<std::string> environment;  // "NAME=value"
  std::vector<Override> overrides;
};

// The settings, good only if there are no problems.
struct Loaded {
  Config config;
  Problems problems;
};

// Reads all sources. Blocks on the disk. Problems include what only shows between two settings.
Loaded Load(Rows rows, const Sources& sources);

// The environment of this process. Call before threads start.
std::vector<std::string> ProcessEnvironment();

}  // namespace molva::config
