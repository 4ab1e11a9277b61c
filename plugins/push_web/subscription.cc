#include "subscription.h"

#include <curl/curl.h>
#include <simdjson.h>

#include <algorithm>
#include <memory>

#include "base64_url.h"

namespace molva::push_web {
namespace {

constexpr std::size_t kMaxIdBytes = 4096;
constexpr std::size_t kMaxEndpointBytes = 2048;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string PartOf(const Url& url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
  std::string found(text);
  curl_free(text);
  return found;
}

// "https://host[:port]"; empty if the endpoint is none that we may use.
std::string OriginOf(const std::string& endpoint, Ports ports) {
  constexpr std::string_view kHttpsPort = "443";
  const auto is_printable = [](char c) { return c > ' ' && c < '\x7f'; };
  if (endpoint.size() > kMaxEndpointBytes ||
      !std::all_of(endpoint.begin(), endpoint.end(), is_printable)) {
    return {};
  }
  const Url url(curl_url());
  if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, endpoint.c_str(), 0) != CURLUE_OK ||
      PartOf(url, CURLUPART_SCHEME) != "https" || !PartOf(url, CURLUPART_USER).empty() ||
      !PartOf(url, CURLUPART_PASSWORD).empty() || !PartOf(url, CURLUPART_FRAGMENT).empty()) {
    return {};
  }
  const std::string port = PartOf(url, CURLUPART_PORT);
  if (port != kHttpsPort && ports == Ports::kStandard) return {};
  return "https://" + PartOf(url, CURLUPART_HOST) + (port == kHttpsPort ? "" : ":" + port);
}

std::optional<Subscription> Make(std::string_view endpoint, std::string_view public_key,
                                 std::string_view auth_secret, Ports ports) {
  Subscription subscription;
  subscription.endpoint = endpoint;
  subscription.origin = OriginOf(subscription.endpoint, ports);
  const std::optional<std::string> key = DecodeBase64Url(public_key);
  const std::optional<std::string> secret = DecodeBase64Url(auth_secret);
  if (subscription.origin.empty() || !key.has_value() || key->size() != kPublicKeyBytes ||
      !secret.has_value() || secret->size() != kAuthSecretBytes) {
    return std::nullopt;
  }
  subscription.keys = {*key, *secret};
  return subscription;
}

std::optional<Subscription> ParseJson(std::string_view text, Ports ports) {
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(text);
  simdjson::dom::element root;
  std::string_view endpoint;
  std::string_view key;
  std::string_view secret;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
      root["endpoint"].get(endpoint) != simdjson::SUCCESS ||
      root["keys"]["p256dh"].get(key) != simdjson::SUCCESS ||
      root["keys"]["auth"].get(secret) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return Make(endpoint, key, secret, ports);
}

}  // namespace

std::optional<Subscription> ParseSubscription(std::string_view device_id, Ports ports) {
  if (device_id.size() > kMaxIdBytes) return std::nullopt;
  if (device_id.starts_with('{')) return ParseJson(device_id, ports);
  const std::size_t first = device_id.find(' ');
  const std::size_t second =
      device_id.find(' ', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Make(device_id.substr(0, first), device_id.substr(first + 1, second - first - 1),
              device_id.substr(second + 1), ports);
}

}  // namespace molva::push_web
