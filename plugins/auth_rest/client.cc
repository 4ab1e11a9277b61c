#include "client.h"

#include <utility>

namespace molva::auth_rest {
namespace {

constexpr std::size_t kMaxAnswerBytes = 65536;
constexpr std::size_t kMaxIdle = 8;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

std::size_t TakeAnswer(const char* bytes, std::size_t, std::size_t size, void* context) {
  std::string& answer = *static_cast<std::string*>(context);
  if (answer.size() + size > kMaxAnswerBytes) return 0;  // ends the transfer
  answer.append(bytes, size);
  return size;
}

}  // namespace

Client::Easy Client::Take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return Easy(curl_easy_init());
  Easy easy = std::move(idle_.back());
  idle_.pop_back();
  return easy;
}

void Client::Keep(Easy easy) {
  curl_easy_reset(easy.get());  // its connection stays open
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kMaxIdle) idle_.push_back(std::move(easy));
}

sdk::Outcome Client::Post(const std::string& endpoint, const std::string& body,
                          std::string* answer) {
  Easy owned = Take();
  CURL* const easy = owned.get();
  if (easy == nullptr) return {MOLVA_UNAVAILABLE, "no memory for a request"};
  const std::string url = options_.is_separate ? options_.url + endpoint : options_.url;
  const List headers(curl_slist_append(nullptr, "Content-Type: application/json"));
  if (headers == nullptr) return {MOLVA_UNAVAILABLE, "no memory for a request"};
  curl_easy_setopt(easy, CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, options_.timeout_seconds);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "molva");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, TakeAnswer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, answer);
  const CURLcode code = curl_easy_perform(easy);
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (code == CURLE_WRITE_ERROR) return {MOLVA_INTERNAL, "the answer is over 64 KiB"};
  if (code != CURLE_OK) {
    return {MOLVA_UNAVAILABLE, std::string("no answer: ") + curl_easy_strerror(code)};
  }
  Keep(std::move(owned));
  if (status < 200 || status > 299) {
    return {MOLVA_INTERNAL, "the service answered " + std::to_string(status)};
  }
  return sdk::Done();
}

}  // namespace molva::auth_rest
