#include "app/hook_options.h"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <fstream>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "molva/plugin_config.hpp"

namespace molva::app {
namespace {

// As many as 128 random bits have in base64; what people think up is shorter.
constexpr std::size_t kShortestSecret = 22;
constexpr std::size_t kLongestSecret = 256;
constexpr std::size_t kLongestName = 32;

bool IsPlain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return IsPlain(c); });
}

absl::Status Bad(std::string_view name, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("[plugin.hook_{}]: {}", name, why));
}

absl::StatusOr<std::string> ReadSecret(std::string_view name, const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line)) {
    return absl::NotFoundError(fmt::format("[plugin.hook_{}]: cannot read {}", name, path));
  }
  std::string secret(base::TrimAscii(line));
  if (secret.size() < kShortestSecret || secret.size() > kLongestSecret || !IsPlain(secret)) {
    return Bad(name, fmt::format("the first line of {} must be {} to {} letters, digits, - and _; "
                                 "openssl rand -hex 24 makes one",
                                 path, kShortestSecret, kLongestSecret));
  }
  return secret;
}

absl::StatusOr<HookOptions> ReadHook(const std::string& name, const std::string& json) {
  if (name.empty() || name.size() > kLongestName || !IsPlain(name)) {
    return absl::InvalidArgumentError(fmt::format(
        "hooks.incoming: {} is no name; wanted are letters, digits, - and _, at most {}", name,
        kLongestName));
  }
  sdk::Config section(sdk::Text(json));
  HookOptions options;
  options.target.name = name;
  options.target.user = section.Text("user", "");
  options.target.topic = section.Text("topic", "");
  const std::string path = section.Text("secret_file", "");
  if (const std::string error = section.Finish(); !error.empty()) return Bad(name, error);
  if (options.target.user.empty()) return Bad(name, "\"user\" is missing: in whose name");
  if (options.target.topic.empty()) return Bad(name, "\"topic\" is missing: where to");
  if (path.empty()) return Bad(name, "\"secret_file\" is missing");
  MOLVA_ASSIGN_OR_RETURN(const std::string secret, ReadSecret(name, path));
  options.secret_digest = DigestOfSecret(secret);
  return options;
}

}  // namespace

std::string DigestOfSecret(std::string_view secret) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(secret.data(), secret.size(), digest, &size, EVP_sha256(), nullptr);
  return std::string(reinterpret_cast<const char*>(digest), size);
}

absl::StatusOr<std::vector<HookOptions>> ReadHooks(const config::Config& config) {
  std::vector<HookOptions> all;
  for (const std::string& name : config.List("hooks.incoming")) {
    MOLVA_ASSIGN_OR_RETURN(HookOptions options, ReadHook(name, config.PluginJson("hook_" + name)));
    for (const HookOptions& other : all) {
      if (other.target.name == name) {
        return absl::InvalidArgumentError(fmt::format("hooks.incoming has {} twice", name));
      }
      if (other.secret_digest == options.secret_digest) {
        return Bad(name, fmt::format("has the secret of {}", other.target.name));
      }
    }
    all.push_back(std::move(options));
  }
  return all;
}

}  // namespace molva::app
