#include "courier.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "public_address.h"

namespace molva::push_web {
namespace {

constexpr std::size_t kMaxAnswerBytes = 65536;
constexpr std::size_t kMaxHeld = 256;
constexpr long kMaxHoldSeconds = 3600;
constexpr int kLookMilliseconds = 200;

constexpr long kNotFound = 404;
constexpr long kGone = 410;

struct FreeEasy {
  void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void Append(List& list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  (void)list.release();
  list.reset(longer);
}

}  // namespace

// One request. libcurl's callbacks get a pointer to it.
struct Courier::Trip {
  std::unique_ptr<CURL, FreeEasy> easy;
  CURLM* multi = nullptr;  // that `easy` is in
  List headers;
  const Letter* letter = nullptr;
  std::size_t number = 0;
  Addresses addresses = Addresses::kPublicOnly;
  std::size_t answer_bytes = 0;

  ~Trip() {
    if (multi != nullptr) curl_multi_remove_handle(multi, easy.get());
  }

  static std::size_t TakeAnswer(char*, std::size_t, std::size_t size, void* context) {
    auto& trip = *static_cast<Trip*>(context);
    trip.answer_bytes += size;
    return trip.answer_bytes > kMaxAnswerBytes ? 0 : size;
  }
  // Names may lead anywhere, and elsewhere the next time: what counts is the address itself.
  static curl_socket_t OpenSocket(void* context, curlsocktype, curl_sockaddr* address) {
    const auto& trip = *static_cast<const Trip*>(context);
    if (trip.addresses == Addresses::kPublicOnly && !IsPublicAddress(address->addr)) {
      return CURL_SOCKET_BAD;
    }
    return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  }
};

Courier::Courier(CourierOptions options, sdk::Logger log)
    : options_(std::move(options)), log_(log) {}

sdk::Outcome Courier::Start() {
  if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) multi_.reset(curl_multi_init());
  if (multi_ == nullptr) return {MOLVA_INTERNAL, "libcurl does not start"};
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 64L);
  return sdk::Done();
}

void Courier::Stop() {
  is_stopped_ = true;
  curl_multi_wakeup(multi_.get());
}

bool Courier::IsHeld(const std::string& origin) const {
  const auto found = held_.find(origin);
  return found != held_.end() && std::chrono::steady_clock::now() < found->second;
}

void Courier::Hold(const std::string& origin, long seconds) {
  if (held_.size() >= kMaxHeld) held_.clear();
  held_[origin] =
      std::chrono::steady_clock::now() + std::chrono::seconds(std::min(seconds, kMaxHoldSeconds));
}

std::unique_ptr<Courier::Trip> Courier::Begin(const Letter& letter, std::size_t number) {
  auto trip = std::make_unique<Trip>();
  trip->easy.reset(curl_easy_init());
  CURL* const easy = trip->easy.get();
  if (easy == nullptr) return nullptr;
  trip->letter = &letter;
  trip->number = number;
  trip->addresses = options_.addresses;
  Append(trip->headers, "Authorization: " + letter.authorization);
  Append(trip->headers, "Content-Type: application/octet-stream");
  Append(trip->headers, "Content-Encoding: aes128gcm");
  Append(trip->headers, "TTL: " + std::to_string(letter.delivery.ttl_seconds));
  Append(trip->headers, "Urgency: " + letter.delivery.urgency);
  if (!letter.delivery.topic.empty()) Append(trip->headers, "Topic: " + letter.delivery.topic);
  Append(trip->headers, "Expect:");
  curl_easy_setopt(easy, CURLOPT_URL, letter.endpoint.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // a proxy would connect where we must not
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT, options_.timeout_seconds);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!options_.ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, options_.ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "molva");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, trip->headers.get());
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(letter.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, letter.body.data());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, Trip::OpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, trip.get());
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, Trip::TakeAnswer);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, trip.get());
  curl_easy_setopt(easy, CURLOPT_PRIVATE, trip.get());
  if (curl_multi_add_handle(multi_.get(), easy) != CURLM_OK) return nullptr;
  trip->multi = multi_.get();
  return trip;
}

Verdict Courier::Judge(const Trip& trip, CURLcode code) {
  const std::string& origin = trip.letter->origin;
  if (code != CURLE_OK) {
    log_.Info("push to " + origin + " failed: " + curl_easy_strerror(code));
    return Verdict::kFailed;
  }
  long status = 0;
  curl_off_t retry_after = 0;
  curl_easy_getinfo(trip.easy.get(), CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(trip.easy.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (status >= 200 && status <= 299) return Verdict::kTaken;
  if (status == kNotFound || status == kGone) return Verdict::kGone;
  if (retry_after > 0)
    Hold(origin, static_cast<long>(std::min<curl_off_t>(retry_after, kMaxHoldSeconds)));
  log_.Info("push to " + origin + " was answered " + std::to_string(status));
  return Verdict::kFailed;
}

void Courier::Collect(std::vector<std::unique_ptr<Trip>>& trips, std::vector<Verdict>& verdicts) {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    char* context = nullptr;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &context);
    const auto found = std::find_if(trips.begin(), trips.end(), [&](const auto& trip) {
      return static_cast<void*>(trip.get()) == static_cast<void*>(context);
    });
    if (found == trips.end()) continue;
    verdicts[(*found)->number] = Judge(**found, code);
    trips.erase(found);
  }
}

std::vector<Verdict> Courier::Deliver(const std::vector<Letter>& letters) {
  std::vector<Verdict> verdicts(letters.size(), Verdict::kFailed);
  std::vector<std::unique_ptr<Trip>> trips;
  std::size_t next = 0;
  while (!is_stopped_ && (next < letters.size() || !trips.empty())) {
    while (next < letters.size() && trips.size() < options_.at_once) {
      const Letter& letter = letters[next];
      std::unique_ptr<Trip> trip = IsHeld(letter.origin) ? nullptr : Begin(letter, next);
      if (trip != nullptr) trips.push_back(std::move(trip));
      ++next;
    }
    int running = 0;
    if (curl_multi_perform(multi_.get(), &running) != CURLM_OK) break;
    Collect(trips, verdicts);
    if (running > 0) curl_multi_poll(multi_.get(), nullptr, 0, kLookMilliseconds, nullptr);
  }
  return verdicts;
}

}  // namespace molva::push_web
