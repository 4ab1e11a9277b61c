// How one plugin is reached and what it is asked: its section of the configuration as a value.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/breaker.h"
#include "remote_plugin/filters.h"

namespace molva::remote_plugin {

// PEM text. The client's own certificate and key may be missing.
struct TlsText {
  std::string authorities;
  std::string certificate;
  std::string key;
};

struct PluginOptions {
  std::string name;
  std::string target;  // as gRPC takes it
  std::string service = "molva.v1.Plugin";
  std::optional<TlsText> tls;
  absl::Duration timeout = absl::Seconds(1);  // of a call
  // What is not set is not asked and not told.
  std::optional<RequestRule> fire_hose;
  bool has_find = false;
  std::optional<EventRule> account;
  std::optional<EventRule> topic;
  std::optional<EventRule> subscription;
  std::optional<EventRule> message;
  // What a request whose plugin fails is answered; 0: it goes on as if nothing was asked.
  int failure_code = 0;
  std::string failure_text;
  base::Breaker::Options breaker;
  std::size_t calls_at_once = 256;  // further ones fail
  std::size_t event_queue = 4096;   // further ones are dropped
};

// Reads the JSON object of [plugin.remote_<name>], and the files that it names.
//
// Errors: kInvalidArgument, naming the plugin and the key; kNotFound for a file.
// Source: docs/plugins/remote.md.
absl::StatusOr<PluginOptions> ParseOptions(std::string_view name, const std::string& json);

}  // namespace molva::remote_plugin
