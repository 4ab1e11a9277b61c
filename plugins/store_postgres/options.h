// The settings of the plugin.
#pragma once

#include <cstddef>

#include "connection.h"
#include "molva/plugin.h"

namespace molva::store_postgres {

struct Options {
  Target target;
  int readers = 0;                  // connections that answer queries
  std::size_t max_waiting = 65536;  // batches, and as many queries; more are refused
  bool migrate = true;              // bring older tables up to date, if that takes but a moment
};

// Reads the options from the JSON object of the configuration, and the password from where that
// says. Errors: kMalformed for bad JSON, an unknown key, a value out of range, a file that cannot
// be read.
Outcome ParseOptions(molva_text config, Options* options);

}  // namespace molva::store_postgres
