#include "federation/discovery/well_known.h"

#include <absl/time/clock.h>
#include <curl/curl.h>
#include <fmt/core.h>
#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "federation/identity/key_document.h"

namespace molva::federation {
namespace {

constexpr int kMaxRedirects = 2;
constexpr std::size_t kMaxBodyBytes = SignedKeyDocument::kMaxTextBytes;
constexpr std::size_t kMaxHeadBytes = 32 * 1024;
constexpr long kHttpOk = 200;
constexpr long kHttpNotFound = 404;
constexpr long kHttpGone = 410;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

// Once per process, before the first request; libcurl never needs it undone.
void StartCurl() {
  static const CURLcode kStarted = curl_global_init(CURL_GLOBAL_DEFAULT);
  MOLVA_CHECK(kStarted == CURLE_OK, "libcurl does not start");
}

// One request while it runs; libcurl's callbacks get a pointer to it.
struct Transfer {
  AddressRule addresses = AddressRule::kPublicOnly;
  std::string body;
  std::size_t head_bytes = 0;
  bool is_too_long = false;
  bool is_forbidden = false;
};

std::size_t TakeBody(char* data, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (size > kMaxBodyBytes - transfer.body.size()) {
    transfer.is_too_long = true;
    return 0;
  }
  transfer.body.append(data, size);
  return size;
}

std::size_t TakeHead(char*, std::size_t, std::size_t size, void* context) {
  auto& transfer = *static_cast<Transfer*>(context);
  transfer.head_bytes += size;
  transfer.is_too_long |= transfer.head_bytes > kMaxHeadBytes;
  return transfer.is_too_long ? 0 : size;
}

// Names may lead anywhere, and elsewhere the next time: what counts is the address itself.
curl_socket_t OpenSocket(void* context, curlsocktype, curl_sockaddr* address) {
  auto& transfer = *static_cast<Transfer*>(context);
  if (!MayConnect(transfer.addresses, address->addr)) {
    transfer.is_forbidden = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

Easy Prepare(const WellKnownOptions& options, const std::string& url, absl::Duration left,
             Transfer& transfer) {
  Easy easy(curl_easy_init());
  MOLVA_CHECK(easy != nullptr, "out of memory");
  CURL* const raw = easy.get();
  curl_easy_setopt(raw, CURLOPT_URL, url.c_str());
  curl_easy_setopt(raw, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(raw, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(raw, CURLOPT_PROXY, "");  // a proxy would connect where we must not
  curl_easy_setopt(raw, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(raw, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(std::max<std::int64_t>(1, absl::ToInt64Milliseconds(left))));
  curl_easy_setopt(raw, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(raw, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(raw, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options.ca_file.empty()) {
    curl_easy_setopt(raw, CURLOPT_CAINFO, options.ca_file.c_str());
    curl_easy_setopt(raw, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(raw, CURLOPT_USERAGENT, "molva");
  curl_easy_setopt(raw, CURLOPT_OPENSOCKETFUNCTION, OpenSocket);
  curl_easy_setopt(raw, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(raw, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(raw, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(raw, CURLOPT_HEADERFUNCTION, TakeHead);
  curl_easy_setopt(raw, CURLOPT_HEADERDATA, &transfer);
  return easy;
}

absl::Status Explain(CURLcode code, const Transfer& transfer) {
  if (transfer.is_forbidden) return absl::PermissionDeniedError("the address is not public");
  if (transfer.is_too_long) {
    return absl::InvalidArgumentError(fmt::format("the answer is over {} bytes", kMaxBodyBytes));
  }
  if (code == CURLE_COULDNT_RESOLVE_HOST) return absl::NotFoundError("there is no such host");
  return absl::UnavailableError(curl_easy_strerror(code));
}

std::string PartOf(const std::string& url, CURLUPart part) {
  const Url parsed(curl_url());
  MOLVA_CHECK(parsed != nullptr, "out of memory");
  char* text = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), part, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) {
    return {};
  }
  std::string found(text);
  curl_free(text);
  return found;
}

bool IsSamePlace(const std::string& one, const std::string& other) {
  const auto same = [&](CURLUPart part) {
    const std::string value = PartOf(one, part);
    return !value.empty() && value == PartOf(other, part);
  };
  return same(CURLUPART_SCHEME) && same(CURLUPART_HOST) && same(CURLUPART_PORT);
}

// What one request led to: a body, or where to ask next.
struct Step {
  std::string body;
  std::string next_url;
};

absl::StatusOr<Step> Fetch(const WellKnownOptions& options, const std::string& url,
                           absl::Duration left) {
  Transfer transfer;
  transfer.addresses = options.addresses;
  const Easy easy = Prepare(options, url, left, transfer);
  if (const CURLcode code = curl_easy_perform(easy.get()); code != CURLE_OK) {
    return Explain(code, transfer);
  }
  char* redirect = nullptr;
  curl_easy_getinfo(easy.get(), CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) {
    if (!IsSamePlace(url, redirect)) return absl::InvalidArgumentError("it redirects elsewhere");
    return Step{{}, redirect};
  }
  long code = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &code);
  if (code == kHttpNotFound || code == kHttpGone) return absl::NotFoundError("it has no document");
  if (code != kHttpOk) return absl::UnavailableError(fmt::format("it answers {}", code));
  return Step{std::move(transfer.body), {}};
}

}  // namespace

absl::StatusOr<SourceAnswer> AskWellKnown(const WellKnownOptions& options,
                                          const std::string& domain) {
  StartCurl();
  const absl::Time deadline = absl::Now() + options.timeout;
  std::string url = fmt::format("https://{}:{}{}", domain, options.port, kWellKnownPath);
  for (int i = 0; i <= kMaxRedirects; ++i) {
    absl::StatusOr<Step> step = Fetch(options, url, deadline - absl::Now());
    if (!step.ok()) return step.status();
    if (step->next_url.empty()) {
      SourceAnswer answer;
      answer.trust = Trust::kAuthenticated;
      answer.document = std::move(step->body);
      return answer;
    }
    url = std::move(step->next_url);
  }
  return absl::InvalidArgumentError("it redirects again and again");
}

}  // namespace molva::federation
