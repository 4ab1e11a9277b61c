// Asks the operator's service, by HTTP.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "molva/plugin.hpp"

namespace molva::auth_rest {

struct ClientOptions {
  std::string url;           // http or https; ends with a slash if endpoints are separate
  bool is_separate = false;  // the endpoint is put behind the URL
  std::string ca_file;       // empty: those of the system
  long timeout_seconds = 5;
};

// Posts JSON to the one URL that it was given, and nowhere else: it follows no redirection and uses
// no proxy.
//
// Thread: any, several at once; each uses a connection of its own, some of which are kept.
class Client {
 public:
  explicit Client(ClientOptions options) : options_(std::move(options)) {}

  // Puts what the service answers into `answer`: at most 64 KiB.
  // UNAVAILABLE: no answer in time. INTERNAL: an answer that is no success, or too long.
  sdk::Outcome Post(const std::string& endpoint, const std::string& body, std::string* answer);

 private:
  struct FreeEasy {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
  };
  using Easy = std::unique_ptr<CURL, FreeEasy>;

  Easy Take();
  void Keep(Easy easy);

  const ClientOptions options_;
  std::mutex mutex_;
  std::vector<Easy> idle_;  // bounded
};

}  // namespace molva::auth_rest
