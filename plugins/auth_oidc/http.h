// Asks the provider, by HTTP.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "molva/plugin.hpp"

namespace molva::auth_oidc {

struct HttpOptions {
  bool allows_http = false;  // to this machine alone, for tests
  std::string ca_file;       // empty: those of the system
  long timeout_seconds = 5;
};

struct HttpAnswer {
  long status = 0;
  std::string body;
};

// Follows no redirection and uses no proxy: what is asked is asked of that address alone.
//
// Thread: any, several at once.
class Http {
 public:
  static constexpr std::size_t kMaxAnswerBytes = 262144;
  explicit Http(HttpOptions options) : options_(std::move(options)) {}

  // Whether `url` is asked at all: https; http only to this machine, and only if that is allowed;
  // without a user, a password and a fragment.
  bool IsAllowed(const std::string& url) const;
  // UNAVAILABLE: no answer in time, or too long a one, or an address that is not allowed.
  sdk::Outcome Get(const std::string& url, HttpAnswer* answer) const;
  // `form` is encoded. `authorization`: "client:secret", or empty for none.
  sdk::Outcome Post(const std::string& url, const std::string& form,
                    const std::string& authorization, HttpAnswer* answer) const;

 private:
  sdk::Outcome Perform(const std::string& url, const std::string* form,
                       const std::string& authorization, HttpAnswer* answer) const;

  const HttpOptions options_;
};

// As it stands in a form or a query: RFC 3986 §2.3.
std::string PercentEncode(std::string_view text);

}  // namespace molva::auth_oidc
