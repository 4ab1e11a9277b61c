#include "config/load.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace molva::config {
namespace {

void ReadFile(const std::string& path, Config& config, Problems& problems) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kMaxConfigBytes + 1, '\0');  // one byte more shows that the file is too long
  if (file) file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) {
    problems.push_back({path, fmt::format("cannot be read: {}", std::strerror(errno))});
    return;
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  ParseConfig(text, path, config, problems);
}

void CheckTogether(const Config& config, Problems& problems) {
  const Setting* certificate = FindSetting(config.rows(), "tls.certificate");
  if (certificate == nullptr) return;  // another table of rows, as in tests
  if (config.Text("tls.certificate").empty() != config.Text("tls.key").empty()) {
    problems.push_back({"tls", "tls.certificate and tls.key must be set together"});
  }
  if (config.Integer("limits.queue_soft") > config.Integer("limits.queue_hard")) {
    problems.push_back({"limits", "limits.queue_soft must not exceed limits.queue_hard"});
  }
  if (config.Duration("websocket.ping") >= config.Duration("websocket.idle")) {
    problems.push_back({"websocket", "websocket.ping must be shorter than websocket.idle"});
  }
  if (config.Text("listen.http").empty() && config.Text("listen.grpc").empty()) {
    problems.push_back({"listen", "listen.http and listen.grpc are both off"});
  }
}

}  // namespace

Loaded Load(Rows rows, const Sources& sources) {
  Loaded loaded{Config(rows), {}};
  if (sources.file.has_value()) ReadFile(*sources.file, loaded.config, loaded.problems);
  ApplyEnvironment(sources.environment, loaded.config, loaded.problems);
  ApplyOverrides(sources.overrides, loaded.config, loaded.problems);
  if (loaded.problems.empty()) CheckTogether(loaded.config, loaded.problems);
  return loaded;
}

std::vector<std::string> ProcessEnvironment() {
  std::vector<std::string> entries;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    entries.emplace_back(*entry);
  }
  return entries;
}

}  // namespace molva::config
