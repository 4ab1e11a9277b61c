// The incoming hooks of the configuration.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "config/config.h"
#include "session/hook_desk.h"

namespace molva::app {

struct HookOptions {
  session::HookTarget target;
  std::string secret_digest;  // SHA-256 of the secret, raw
};

// Reads hooks.incoming, the section of each, and the files with their secrets.
//
// Errors: kInvalidArgument, naming the hook and the key: a section that lacks something, a secret
//         that is short or has characters other than letters, digits, - and _, two hooks with one
//         name or one secret; kNotFound for a file that cannot be read.
// Source: docs/webhooks.md.
absl::StatusOr<std::vector<HookOptions>> ReadHooks(const config::Config& config);

// SHA-256, raw.
std::string DigestOfSecret(std::string_view secret);

}  // namespace molva::app
