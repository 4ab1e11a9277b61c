#include "transport/http/response_writer.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include "model/packet.h"
#include "wire/json_encoder.h"

namespace molva::transport {
namespace {

// Neither has a body, nor says how long it is not.
constexpr int kNoContent = 204;
constexpr int kNotModified = 304;

struct Reason {
  int status;
  std::string_view text;
};

// RFC 9110 §15, those that we send.
constexpr Reason kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {206, "Partial Content"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {304, "Not Modified"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {431, "Request Header Fields Too Large"},
    {422, "Unprocessable Content"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
};

std::string_view ReasonFor(int status) {
  for (const Reason& reason : kReasons) {
    if (reason.status == status) return reason.text;
  }
  return "Status";
}

}  // namespace

std::string RenderResponse(const HttpResponse& response, HttpRequest::KeepAlive keep_alive,
                           BodyPolicy body_policy) {
  const std::string date =
      absl::FormatTime("%a, %d %b %Y %H:%M:%S GMT", absl::Now(), absl::UTCTimeZone());
  std::string bytes =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nX-Content-Type-Options: nosniff\r\n",
                  response.status, ReasonFor(response.status), date);
  if (response.status != kNoContent && response.status != kNotModified) {
    bytes += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\n", response.content_type,
                         response.streamed_bytes < 0
                             ? response.body.size()
                             : static_cast<std::size_t>(response.streamed_bytes));
  }
  for (const HttpHeader& header : response.headers) {
    bytes += fmt::format("{}: {}\r\n", header.first, header.second);
  }
  if (keep_alive == HttpRequest::KeepAlive::kNo) bytes += "Connection: close\r\n";
  bytes += "\r\n";
  if (body_policy == BodyPolicy::kWritten) bytes += response.body;
  return bytes;
}

HttpResponse MakeFaultResponse(model::Fault fault) {
  const model::Ctrl ctrl = model::MakeCtrl(fault, {}, {}, absl::Now());
  HttpResponse response;
  response.status = ctrl.code;
  response.content_type = "application/json; charset=utf-8";
  wire::EncodeJson(ctrl, response.body);
  return response;
}

HttpResponse MakeStatusResponse(int status) {
  HttpResponse response;
  response.status = status;
  response.body = fmt::format("{}\n", ReasonFor(status));
  return response;
}

}  // namespace molva::transport
