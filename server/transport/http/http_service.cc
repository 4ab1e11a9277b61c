#include "transport/http/http_service.h"

#include "base/strings.h"
#include "transport/http/response_writer.h"

namespace molva::transport {
namespace {

std::optional<int> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

enum class Plus { kIsSpace, kIsPlus };

std::string Decode(std::string_view text, Plus plus) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_escape = text[i] == '%' && i + 2 < text.size();
    const auto high = has_escape ? HexDigit(text[i + 1]) : std::nullopt;
    const auto low = has_escape ? HexDigit(text[i + 2]) : std::nullopt;
    if (high.has_value() && low.has_value()) {
      decoded += static_cast<char>(*high * 16 + *low);
      i += 2;
    } else {
      decoded += text[i] == '+' && plus == Plus::kIsSpace ? ' ' : text[i];
    }
  }
  return decoded;
}

// The part of `pair` behind "name="; nullopt if it has another name.
std::optional<std::string_view> ValueOf(std::string_view pair, std::string_view name) {
  const std::size_t equals = std::min(pair.find('='), pair.size());
  if (pair.substr(0, equals) != name) return std::nullopt;
  return pair.substr(std::min(equals + 1, pair.size()));
}

std::optional<std::string> FindValue(std::string_view pairs, std::string_view name) {
  for (const std::string_view pair : base::SplitWords(pairs, '&')) {
    if (const auto value = ValueOf(pair, name)) return Decode(*value, Plus::kIsSpace);
  }
  return std::nullopt;
}

}  // namespace

std::string_view HttpRequest::Header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (header.first == name) return header.second;
  }
  return {};
}

std::optional<std::string> HttpRequest::QueryValue(std::string_view name) const {
  return FindValue(query, name);
}

bool HttpRequest::is_form() const {
  constexpr std::string_view kForm = "application/x-www-form-urlencoded";
  const std::string_view type = Header("content-type");
  return base::AsciiLower(base::TrimAscii(type.substr(0, type.find(';')))) == kForm;
}

std::optional<std::string> HttpRequest::Parameter(std::string_view name) const {
  std::optional<std::string> value = QueryValue(name);
  if (!value.has_value() && is_form()) value = FindValue(body, name);
  return value;
}

std::optional<std::string> HttpRequest::Cookie(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (header.first != "cookie") continue;
    for (const std::string_view pair : base::SplitWords(header.second, ';')) {
      if (const auto value = ValueOf(base::TrimAscii(pair), name)) return std::string(*value);
    }
  }
  return std::nullopt;
}

void HttpService::Handle(std::string path, HttpHandler handler) {
  handlers_.insert_or_assign(std::move(path), std::move(handler));
}

HttpResponse HttpService::Answer(const HttpRequest& request) const {
  const auto found = handlers_.find(std::string_view(request.path));
  const HttpHandler& handler = found == handlers_.end() ? rest_ : found->second;
  if (handler == nullptr) return MakeFaultResponse(model::Fault::kNotFound);
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = MakeFaultResponse(model::Fault::kOperationNotAllowed);
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  return handler(request);
}

std::string DecodePercent(std::string_view text) { return Decode(text, Plus::kIsPlus); }

}  // namespace molva::transport
