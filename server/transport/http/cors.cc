#include "transport/http/cors.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::string_view kSchemeEnd = "://";

// "https://a.b:1" → "https://", "a.b", ":1".
struct Origin {
  std::string_view scheme;
  std::string_view host;
  std::string_view port;
};

Origin Split(std::string_view text) {
  const std::size_t host = text.find(kSchemeEnd) + kSchemeEnd.size();
  const std::size_t colon = std::min(text.find(':', host), text.size());
  return {text.substr(0, host), text.substr(host, colon - host), text.substr(colon)};
}

bool IsOrigin(std::string_view text) {
  const std::size_t scheme_end = text.find(kSchemeEnd);
  if (scheme_end == std::string_view::npos || scheme_end == 0) return false;
  const std::string_view rest = text.substr(scheme_end + kSchemeEnd.size());
  return !rest.empty() && rest.find_first_of("/ ?#") == std::string_view::npos;
}

bool HostMatches(std::string_view pattern, std::string_view host) {
  for (;;) {
    const std::size_t pattern_dot = std::min(pattern.find('.'), pattern.size());
    const std::size_t host_dot = std::min(host.find('.'), host.size());
    const std::string_view label = pattern.substr(0, pattern_dot);
    if (host_dot == 0 || (label != "*" && label != host.substr(0, host_dot))) return false;
    if (pattern_dot == pattern.size() || host_dot == host.size()) {
      return pattern_dot == pattern.size() && host_dot == host.size();
    }
    pattern.remove_prefix(pattern_dot + 1);
    host.remove_prefix(host_dot + 1);
  }
}

}  // namespace

absl::StatusOr<CorsRules> CorsRules::Parse(const std::vector<std::string>& origins) {
  CorsRules rules;
  rules.lets_everybody_ = origins.size() == 1 && origins.front() == "*";
  if (rules.lets_everybody_) return rules;
  for (const std::string& origin : origins) {
    if (!IsOrigin(origin)) {
      return absl::InvalidArgumentError(
          fmt::format("{} is no origin as https://host:port, nor \"*\" alone", origin));
    }
    rules.patterns_.push_back(base::AsciiLower(origin));
  }
  return rules;
}

bool CorsRules::Knows(std::string_view text) const {
  if (lets_everybody_) return true;
  if (!IsOrigin(text)) return false;
  const std::string lower = base::AsciiLower(text);
  const Origin origin = Split(lower);
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& text_pattern) {
    const Origin pattern = Split(text_pattern);
    return pattern.scheme == origin.scheme && pattern.port == origin.port &&
           HostMatches(pattern.host, origin.host);
  });
}

bool CorsRules::IsPreflight(const HttpRequest& request) {
  return request.method == "OPTIONS" && !request.Header("origin").empty() &&
         !request.Header("access-control-request-method").empty();
}

HttpResponse CorsRules::AnswerPreflight(const HttpRequest& request,
                                        std::string_view methods) const {
  HttpResponse response;
  response.status = 204;
  response.headers.emplace_back("Vary", "Origin, Access-Control-Request-Method");
  const std::string_view origin = request.Header("origin");
  const std::vector<std::string_view> words = base::SplitWords(methods, ',');
  const bool has_method = std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return base::TrimAscii(word) == request.Header("access-control-request-method");
  });
  if (!Knows(origin) || !has_method) return response;
  response.headers.emplace_back("Access-Control-Allow-Origin", origin);
  response.headers.emplace_back("Access-Control-Allow-Credentials", "true");
  response.headers.emplace_back("Access-Control-Allow-Headers", "*");
  response.headers.emplace_back("Access-Control-Allow-Methods", methods);
  response.headers.emplace_back("Access-Control-Max-Age", "86400");
  return response;
}

void CorsRules::AllowOrigin(std::string_view origin, HttpResponse& response) const {
  if (lets_everybody_) {
    response.headers.emplace_back("Access-Control-Allow-Origin", "*");
    return;
  }
  response.headers.emplace_back("Vary", "Origin");
  if (Knows(origin)) response.headers.emplace_back("Access-Control-Allow-Origin", origin);
}

}  // namespace molva::transport
