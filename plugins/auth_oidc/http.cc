#include "http.h"

#include <curl/curl.h>

#include <memory>
#include <optional>

namespace molva::auth_oidc {
namespace {

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;

// nullopt if the address has no such part.
std::optional<std::string> PartOf(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, 0) != CURLUE_OK || text == nullptr) return std::nullopt;
  std::string copy(text);
  curl_free(text);
  return copy;
}

std::size_t TakeBody(const char* bytes, std::size_t, std::size_t size, void* context) {
  std::string& body = *static_cast<std::string*>(context);
  if (body.size() + size > Http::kMaxAnswerBytes) return 0;  // ends the transfer
  body.append(bytes, size);
  return size;
}

void Limit(CURL* easy, const HttpOptions& options) {
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, options.allows_http ? "http,https" : "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, options.timeout_seconds);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "molva");
  if (options.ca_file.empty()) return;
  curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
}

}  // namespace

bool Http::IsAllowed(const std::string& url) const {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (parsed == nullptr || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return false;
  }
  for (const CURLUPart part : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_FRAGMENT}) {
    if (PartOf(parsed.get(), part).has_value()) return false;
  }
  const std::string scheme = PartOf(parsed.get(), CURLUPART_SCHEME).value_or("");
  const std::string host = PartOf(parsed.get(), CURLUPART_HOST).value_or("");
  if (scheme == "https") return !host.empty();
  const bool is_here = host == "127.0.0.1" || host == "[::1]" || host == "localhost";
  return scheme == "http" && options_.allows_http && is_here;
}

sdk::Outcome Http::Perform(const std::string& url, const std::string* form,
                           const std::string& authorization, HttpAnswer* answer) const {
  if (!IsAllowed(url)) return {MOLVA_UNAVAILABLE, "an address of the provider is not https"};
  const Easy owned(curl_easy_init());
  CURL* const easy = owned.get();
  if (easy == nullptr) return {MOLVA_UNAVAILABLE, "no memory for a request"};
  Limit(easy, options_);
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  if (form != nullptr) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(form->size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, form->data());
  }
  if (!authorization.empty()) {
    curl_easy_setopt(easy, CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
    curl_easy_setopt(easy, CURLOPT_USERPWD, authorization.c_str());
  }
  answer->body.clear();
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, TakeBody);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &answer->body);
  const CURLcode code = curl_easy_perform(easy);
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer->status);
  if (code == CURLE_WRITE_ERROR) return {MOLVA_UNAVAILABLE, "the answer is over 256 KiB"};
  if (code != CURLE_OK) {
    return {MOLVA_UNAVAILABLE, std::string("no answer: ") + curl_easy_strerror(code)};
  }
  return sdk::Done();
}

sdk::Outcome Http::Get(const std::string& url, HttpAnswer* answer) const {
  return Perform(url, nullptr, {}, answer);
}

sdk::Outcome Http::Post(const std::string& url, const std::string& form,
                        const std::string& authorization, HttpAnswer* answer) const {
  return Perform(url, &form, authorization, answer);
}

std::string PercentEncode(std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
    if (is_plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 15];
  }
  return encoded;
}

}  // namespace molva::auth_oidc
