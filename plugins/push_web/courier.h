// Carries encrypted messages to push services, several at once, and never to places of our own.
#pragma once

#include <curl/curl.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "molva/plugin.hpp"
#include "payload.h"

namespace molva::push_web {

struct Letter {
  std::string endpoint;
  std::string origin;
  std::string authorization;
  std::string body;
  Delivery delivery;
};

enum class Verdict {
  kFailed,  // lost
  kTaken,
  kGone,  // the service does not know the device any more
};

enum class Addresses { kPublicOnly, kAny };

struct CourierOptions {
  Addresses addresses = Addresses::kPublicOnly;
  std::string ca_file;  // empty: those of the system
  long timeout_seconds = 10;
  std::size_t at_once = 16;
};

// Keeps its connections open from one call to the next. A service that says Retry-After is left
// alone until then.
//
// Thread: one; Stop: any.
class Courier {
 public:
  Courier(CourierOptions options, sdk::Logger log);
  // INTERNAL: libcurl does not start.
  sdk::Outcome Start();
  // One verdict per letter, in their order.
  std::vector<Verdict> Deliver(const std::vector<Letter>& letters);
  // What is under way is given up, and whatever is asked later.
  void Stop();
  bool is_stopped() const { return is_stopped_; }

 private:
  struct FreeMulti {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
  };
  struct Trip;

  bool IsHeld(const std::string& origin) const;
  void Hold(const std::string& origin, long seconds);
  std::unique_ptr<Trip> Begin(const Letter& letter, std::size_t number);
  Verdict Judge(const Trip& trip, CURLcode code);
  // Takes what has ended off `trips`.
  void Collect(std::vector<std::unique_ptr<Trip>>& trips, std::vector<Verdict>& verdicts);

  const CourierOptions options_;
  const sdk::Logger log_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  std::map<std::string, std::chrono::steady_clock::time_point> held_;  // bounded
  std::atomic<bool> is_stopped_{false};
};

}  // namespace molva::push_web
