#include "remote_plugin/options.h"

#include <absl/strings/numbers.h>
#include <fmt/core.h>

#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "model/raw_json.h"

namespace molva::remote_plugin {
namespace {

constexpr std::size_t kMaxFileBytes = 1 << 20;

// What stands in the section before it is put together.
struct Draft {
  PluginOptions options;
  std::string address;
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  bool may_be_plain = false;
};

absl::StatusOr<std::string> Text(const model::RawJson& value) {
  std::optional<std::string> text = model::ParseJsonText(value);
  if (!text.has_value()) return absl::InvalidArgumentError("is not a text");
  return *std::move(text);
}

absl::StatusOr<std::int64_t> Number(const model::RawJson& value, std::int64_t lowest,
                                    std::int64_t highest) {
  std::int64_t number = 0;
  if (!absl::SimpleAtoi(base::ToAbsl(value.text), &number) || number < lowest || number > highest) {
    return absl::InvalidArgumentError(
        fmt::format("is not a number from {} to {}", lowest, highest));
  }
  return number;
}

absl::StatusOr<bool> Bool(const model::RawJson& value) {
  if (value.text != "true" && value.text != "false") {
    return absl::InvalidArgumentError("is neither true nor false");
  }
  return value.text == "true";
}

// Setters by type of the value.
template <auto kMember>
absl::Status SetText(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(draft.*kMember, Text(value));
  return absl::OkStatus();
}

template <auto kMember>
absl::Status SetEventRule(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(const std::string text, Text(value));
  MOLVA_ASSIGN_OR_RETURN(draft.options.*kMember, EventRule::Parse(text));
  return absl::OkStatus();
}

template <std::int64_t kLowest, std::int64_t kHighest, auto kSet>
absl::Status SetNumber(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(const std::int64_t number, Number(value, kLowest, kHighest));
  kSet(draft.options, number);
  return absl::OkStatus();
}

absl::Status SetService(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(draft.options.service, Text(value));
  if (draft.options.service == "molva.v1.Plugin" || draft.options.service == "pbx.Plugin") {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("is neither molva.v1.Plugin nor pbx.Plugin");
}

absl::Status SetFailureText(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(draft.options.failure_text, Text(value));
  return absl::OkStatus();
}

absl::Status SetFireHose(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(const std::string text, Text(value));
  MOLVA_ASSIGN_OR_RETURN(draft.options.fire_hose, RequestRule::Parse(text));
  return absl::OkStatus();
}

absl::Status SetAccount(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(const std::string text, Text(value));
  MOLVA_ASSIGN_OR_RETURN(draft.options.account, EventRule::ParseActions(text));
  return absl::OkStatus();
}

absl::Status SetFind(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(draft.options.has_find, Bool(value));
  return absl::OkStatus();
}

absl::Status SetPlain(const model::RawJson& value, Draft& draft) {
  MOLVA_ASSIGN_OR_RETURN(draft.may_be_plain, Bool(value));
  return absl::OkStatus();
}

struct Key {
  std::string_view name;
  absl::Status (*set)(const model::RawJson& value, Draft& draft);
};

constexpr std::array<Key, 20> kKeys = {{
    {"address", SetText<&Draft::address>},
    {"service", SetService},
    {"ca_file", SetText<&Draft::ca_file>},
    {"certificate_file", SetText<&Draft::certificate_file>},
    {"key_file", SetText<&Draft::key_file>},
    {"allow_plain_text", SetPlain},
    {"timeout_ms", SetNumber<1, 60'000,
                             [](PluginOptions& options, std::int64_t number) {
                               options.timeout = absl::Milliseconds(number);
                             }>},
    {"fire_hose", SetFireHose},
    {"find", SetFind},
    {"account", SetAccount},
    {"topic", SetEventRule<&PluginOptions::topic>},
    {"subscription", SetEventRule<&PluginOptions::subscription>},
    {"message", SetEventRule<&PluginOptions::message>},
    {"failure_code", SetNumber<0, 599,
                               [](PluginOptions& options, std::int64_t number) {
                                 options.failure_code = static_cast<int>(number);
                               }>},
    {"failure_text", SetFailureText},
    {"failures", SetNumber<1, 1'000'000,
                           [](PluginOptions& options, std::int64_t number) {
                             options.breaker.failures = static_cast<int>(number);
                           }>},
    {"first_wait_ms", SetNumber<1, 60'000,
                                [](PluginOptions& options, std::int64_t number) {
                                  options.breaker.first_wait = absl::Milliseconds(number);
                                }>},
    {"longest_wait_ms", SetNumber<1, 3'600'000,
                                  [](PluginOptions& options, std::int64_t number) {
                                    options.breaker.longest_wait = absl::Milliseconds(number);
                                  }>},
    {"calls_at_once", SetNumber<1, 65'536,
                                [](PluginOptions& options, std::int64_t number) {
                                  options.calls_at_once = static_cast<std::size_t>(number);
                                }>},
    {"event_queue", SetNumber<1, 1'000'000,
                              [](PluginOptions& options, std::int64_t number) {
                                options.event_queue = static_cast<std::size_t>(number);
                              }>},
}};

absl::Status Set(const std::string& name, const model::RawJson& value, Draft& draft) {
  for (const Key& key : kKeys) {
    if (key.name == name) return key.set(value, draft);
  }
  return absl::InvalidArgumentError("is not a key of a remote plugin");
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot read {}", path));
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (text.empty() || text.size() > kMaxFileBytes) {
    return absl::InvalidArgumentError(fmt::format("{} is no PEM file", path));
  }
  return text;
}

bool IsThisMachine(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

// Logins pass here: in the clear they stay on the machine unless the operator says otherwise.
absl::Status SetTarget(Draft& draft) {
  constexpr std::string_view kUnix = "unix://";
  constexpr std::string_view kTcp = "tcp://";
  const std::string_view address = draft.address;
  if (address.starts_with(kUnix) && address.size() > kUnix.size()) {
    draft.options.target = fmt::format("unix:{}", address.substr(kUnix.size()));
    return absl::OkStatus();
  }
  const std::size_t colon = address.rfind(':');
  int port = 0;
  if (!address.starts_with(kTcp) || colon <= kTcp.size() ||
      !absl::SimpleAtoi(base::ToAbsl(address.substr(colon + 1)), &port) || port < 1 ||
      port > 65'535) {
    return absl::InvalidArgumentError("address: is neither tcp://host:port nor unix:///path");
  }
  const std::string_view host = address.substr(kTcp.size(), colon - kTcp.size());
  if (!draft.options.tls.has_value() && !draft.may_be_plain && !IsThisMachine(host)) {
    return absl::InvalidArgumentError(
        "address: is another machine: set ca_file, or allow_plain_text");
  }
  draft.options.target = fmt::format("dns:///{}:{}", host, port);
  return absl::OkStatus();
}

absl::Status SetTls(Draft& draft) {
  if (draft.certificate_file.empty() != draft.key_file.empty()) {
    return absl::InvalidArgumentError("certificate_file and key_file go together");
  }
  if (draft.ca_file.empty()) {
    return draft.key_file.empty() ? absl::OkStatus()
                                  : absl::InvalidArgumentError("key_file: needs ca_file");
  }
  TlsText& tls = draft.options.tls.emplace();
  MOLVA_ASSIGN_OR_RETURN(tls.authorities, ReadFile(draft.ca_file));
  if (draft.key_file.empty()) return absl::OkStatus();
  MOLVA_ASSIGN_OR_RETURN(tls.certificate, ReadFile(draft.certificate_file));
  MOLVA_ASSIGN_OR_RETURN(tls.key, ReadFile(draft.key_file));
  return absl::OkStatus();
}

absl::Status Fill(Draft& draft, const std::string& json) {
  for (const auto& [name, value] : model::ParseJsonFields({json})) {
    if (const absl::Status status = Set(name, value, draft); !status.ok()) {
      return absl::InvalidArgumentError(fmt::format("{}: {}", name, base::ToStd(status.message())));
    }
  }
  MOLVA_RETURN_IF_ERROR(SetTls(draft));
  MOLVA_RETURN_IF_ERROR(SetTarget(draft));
  if (draft.options.failure_code != 0 && draft.options.failure_code < 400) {
    return absl::InvalidArgumentError("failure_code: is neither 0 nor a refusal (400 to 599)");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<PluginOptions> ParseOptions(std::string_view name, const std::string& json) {
  Draft draft;
  draft.options.name = name;
  if (const absl::Status status = Fill(draft, json); !status.ok()) {
    return absl::Status(status.code(), base::ToAbsl(fmt::format("[plugin.remote_{}] {}", name,
                                                                base::ToStd(status.message()))));
  }
  return std::move(draft.options);
}

}  // namespace molva::remote_plugin
