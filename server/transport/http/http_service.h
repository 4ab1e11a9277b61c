// Plain HTTP beside the WebSocket door: a table of handlers by path.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/string_map.h"

namespace molva::transport {

// Name and value; the names of a request are in lower case.
using HttpHeader = std::pair<std::string, std::string>;

// One request, complete and checked.
struct HttpRequest {
  enum class KeepAlive { kYes, kNo };

  std::string method;
  std::string path;   // as sent, without the query
  std::string query;  // as sent, without the question mark
  std::vector<HttpHeader> headers;
  std::string body;
  std::int64_t streamed_bytes = 0;  // of a body that is still to come, where it is not in `body`
  std::string remote_address;
  int minor_version = 1;  // of HTTP/1.x
  KeepAlive keep_alive = KeepAlive::kYes;

  // The first header of that name (in lower case); "" without one.
  std::string_view Header(std::string_view name) const;
  // The decoded value of the first query parameter of that name.
  std::optional<std::string> QueryValue(std::string_view name) const;
  // Whether the body is a form, which carries parameters as the query does.
  bool is_form() const;
  // The value from the query, else from a form.
  std::optional<std::string> Parameter(std::string_view name) const;
  std::optional<std::string> Cookie(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<HttpHeader> headers;   // besides those that the transport sets
  std::int64_t streamed_bytes = -1;  // of a body that follows by other means; -1: it is in `body`
};

// Answers on the shard that read the request, so it must not block; several shards may call it at
// the same time.
using HttpHandler = std::function<HttpResponse(const HttpRequest&)>;

// Which handler answers which path. Filled before the listener starts, then only read.
class HttpService {
 public:
  // `path` is compared exactly, without the query. GET and HEAD alone are passed on.
  void Handle(std::string path, HttpHandler handler);
  // Who answers where nothing else does; without one that is 404.
  void HandleRest(HttpHandler handler) { rest_ = std::move(handler); }
  // The handler's answer, or 404, or 405 for another method: both as a ctrl in JSON.
  HttpResponse Answer(const HttpRequest& request) const;

 private:
  base::StringMap<HttpHandler> handlers_;
  HttpHandler rest_;
};

// `text` without its escapes as "%41"; what is no escape stays as it is.
std::string DecodePercent(std::string_view text);

}  // namespace molva::transport
