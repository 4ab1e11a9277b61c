#include "transport/http/response_writer.h"

#include <absl/time/clock.h>
#include <absl/time/time.h>

#include "model/packet.h"
#include "wire/json_encoder.h"

namespace molva::transport {
namespace {

struct Reason {
  int status;
  std::string_view text;
};

// RFC 9110 §15, those that we send.
constexpr Reason kReasons[] = {
    {200, "OK"},
    {201, "Created"},
    {204, "No Content"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {417, "Expectation Failed"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
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
  std::string bytes = fmt::format(
      "HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\nContent-Length: {}\r\n"
      "X-Content-Type-Options: nosniff\r\n",
      response.status, ReasonFor(response.status), date, response.content_type,
      response.body.size());
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
