// Takes the bytes of an HTTP/1.x client apart into requests.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "transport/http/http_service.h"

namespace molva::transport {

// What a request is refused with whose body is over the limit: RFC 9110 §15.5.14.
inline constexpr int kBodyTooLarge = 413;

// An incremental parser, strict about everything that two readers could understand differently: no
// bare line feeds, no folded headers, one Host, at most one Content-Length and not beside a
// Transfer-Encoding. Chunked bodies are refused with 411.
// Bodies of requests to paths that begin with `streamed_path` (empty: none) are left to the caller.
//
// Source: RFC 9112; limits as in docs/protocol transports §9.
class RequestParser {
 public:
  static constexpr std::size_t kMaxRequestLineBytes = 8 * 1024;
  static constexpr std::size_t kMaxHeadBytes = 16 * 1024;
  static constexpr std::size_t kMaxHeaders = 100;

  enum class Progress { kNeedMore, kComplete, kBad };

  explicit RequestParser(std::size_t max_body_bytes, std::string streamed_path = {})
      : max_body_bytes_(max_body_bytes), streamed_path_(std::move(streamed_path)) {}

  // Takes bytes from the front of `input`. After kComplete, Finish; after kBad, answer error_status
  // and close.
  Progress Take(std::string_view& input);
  // Hands the complete request over and starts anew.
  HttpRequest Finish();
  // The HTTP status that says what was wrong.
  int error_status() const { return error_status_; }
  // Of the request that is being read, once known.
  const std::string& path() const { return request_.path; }
  // Whether a part of a request was taken.
  bool has_begun() const { return head_bytes_ > 0; }

 private:
  enum class Stage { kRequestLine, kHeaders, kBody };

  Progress TakeLine(std::string_view& input);
  Progress TakeBody(std::string_view& input);
  Progress FinishLine();
  Progress ReadRequestLine(std::string_view line);
  Progress ReadHeader(std::string_view line);
  Progress FinishHead();
  Progress ReadBodyLength();
  Progress Refuse(int status);
  std::size_t CountOf(std::string_view name) const;

  bool IsStreamed() const {
    return !streamed_path_.empty() && request_.path.starts_with(streamed_path_);
  }

  const std::size_t max_body_bytes_;
  const std::string streamed_path_;
  Stage stage_ = Stage::kRequestLine;
  HttpRequest request_;
  std::string line_;
  std::size_t head_bytes_ = 0;
  std::size_t body_left_ = 0;
  int error_status_ = 0;
};

}  // namespace molva::transport
