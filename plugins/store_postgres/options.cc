#include "options.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "molva/plugin_config.hpp"

namespace molva::store_postgres {
namespace {

constexpr int kMaxReaders = 64;
constexpr std::size_t kMaxSchemaBytes = 63;

// What needs no quotes.
bool IsSchemaName(std::string_view name) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && name.size() <= kMaxSchemaBytes && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

void ReadPassword(sdk::Config& config, std::string* password) {
  const std::string variable = config.Text("password_env", "");
  const std::string path = config.Text("password_file", "");
  if (!variable.empty()) {
    const char* value = std::getenv(variable.c_str());
    if (value == nullptr) config.Refuse("password_env", "names a variable that is not set");
    *password = value == nullptr ? "" : value;
  }
  if (path.empty()) return;
  std::ifstream file(path);
  if (!std::getline(file, *password)) config.Refuse("password_file", "cannot be read");
}

}  // namespace

Outcome ParseOptions(molva_text text, Options* options) {
  sdk::Config config(text);
  Target& target = options->target;
  const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  target.dsn = config.Text("dsn", "");
  target.schema = config.Text("schema", "molva");
  ReadPassword(config, &target.password);
  target.statement_timeout = std::chrono::milliseconds(
      config.Integer("statement_timeout_ms", target.statement_timeout.count(), 100, 3600000));
  target.connect_timeout = std::chrono::seconds(
      config.Integer("connect_timeout_s", target.connect_timeout.count(), 1, 60));
  options->readers = static_cast<int>(
      config.Integer("readers", std::clamp<std::int64_t>(cores, 2, 16), 1, kMaxReaders));
  options->max_waiting = static_cast<std::size_t>(
      config.Integer("max_waiting", static_cast<std::int64_t>(options->max_waiting), 1, 1 << 24));
  options->migrate = config.Flag("migrate", options->migrate);
  if (!IsSchemaName(target.schema)) {
    config.Refuse("schema", "must be small letters, digits and underscores, at most 63");
  }
  std::string error = config.Finish();
  if (error.empty() && target.dsn.empty()) error = "\"dsn\" is missing";
  if (!error.empty()) return {MOLVA_MALFORMED, error};
  return Done();
}

}  // namespace molva::store_postgres
