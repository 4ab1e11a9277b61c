// Fuzzes the HTTP request parser and what is made of a request before any handler sees it.
#include <cstdint>
#include <string>

#include "base/check.h"
#include "transport/http/request_parser.h"
#include "transport/longpoll/sid.h"
#include "transport/websocket/compression.h"
#include "transport/websocket/handshake.h"

namespace molva::transport {
namespace {

constexpr std::size_t kMaxBodyBytes = 1000;

void CheckRequest(const HttpRequest& request) {
  MOLVA_CHECK(request.body.size() <= kMaxBodyBytes, "a body over the limit");
  MOLVA_CHECK(request.headers.size() <= RequestParser::kMaxHeaders, "too many headers");
  for (const HttpHeader& header : request.headers) {
    for (const std::string& text : {header.first, header.second}) {
      MOLVA_CHECK(text.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                  "a line end inside a header");
    }
  }
}

// The session a long poll asks for, or why there is none.
std::string SidOf(const HttpRequest& request) {
  const std::optional<std::string> text = request.Parameter("sid");
  if (!text.has_value()) return "no sid";
  const std::optional<Sid> sid = Sid::Parse(*text);
  if (!sid.has_value()) return "bad sid";
  MOLVA_CHECK(sid->ToString() == *text, "a sid with two texts");
  MOLVA_CHECK(sid->shard() >= 0 && sid->shard() < Sid::kMostShards, "a sid for no shard");
  return sid->ToString();
}

// Everything the parser says about `bytes`, fed in pieces of `piece` bytes.
std::string Trace(std::string_view bytes, std::size_t piece) {
  RequestParser parser(kMaxBodyBytes);
  std::string trace;
  while (!bytes.empty()) {
    const std::string part(bytes.substr(0, piece));
    bytes.remove_prefix(part.size());
    std::string_view input = part;
    while (!input.empty()) {
      const RequestParser::Progress progress = parser.Take(input);
      if (progress == RequestParser::Progress::kBad) {
        return trace + std::to_string(parser.error_status());
      }
      if (progress == RequestParser::Progress::kNeedMore) {
        MOLVA_CHECK(input.empty(), "asked for more without using what it has");
        break;
      }
      const HttpRequest request = parser.Finish();
      CheckRequest(request);
      trace += request.method + ' ' + request.path + '?' + request.query + '\n';
      for (const HttpHeader& header : request.headers) {
        trace += header.first + ':' + header.second + '\n';
      }
      trace +=
          request.body + request.Parameter("apikey").value_or("no key") + SidOf(request) +
          request.Cookie("apikey").value_or("no cookie") +
          AcceptHandshake(request, AcceptCompression(request).value_or("")).value_or("no upgrade") +
          '\n';
    }
  }
  return trace;
}

}  // namespace
}  // namespace molva::transport

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t piece = data[0] % 61 + 1u;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  MOLVA_CHECK(molva::transport::Trace(bytes, bytes.size()) == molva::transport::Trace(bytes, piece),
              "the pieces matter");
  return 0;
}
