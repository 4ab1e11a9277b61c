// Which web pages of other origins may talk to the node.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "transport/http/http_service.h"

namespace molva::transport {

// Origins as browsers send them, "https://chat.example.com:8443"; a label of the host may be "*",
// which stands for any one label.
//
// Thread: any; immutable. Source: docs/protocol transports §4, §7.
class CorsRules {
 public:
  // Lets everybody.
  CorsRules() = default;
  // "*" alone is everybody; an empty list is nobody.
  // Errors: kInvalidArgument for "*" among others, and for what is no origin.
  static absl::StatusOr<CorsRules> Parse(const std::vector<std::string>& origins);

  static bool IsPreflight(const HttpRequest& request);
  // Answers a preflight for what may be asked for by `methods`, as "GET, POST".
  HttpResponse AnswerPreflight(const HttpRequest& request, std::string_view methods) const;
  // Adds to `response` what lets a page of `origin` ("" for none) read it, if it may.
  void AllowOrigin(std::string_view origin, HttpResponse& response) const;

 private:
  bool Knows(std::string_view origin) const;

  bool lets_everybody_ = true;
  std::vector<std::string> patterns_;  // in lower case
};

}  // namespace molva::transport
