#include "transport/http/request_parser.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr int kBadRequest = 400;
constexpr int kLengthRequired = 411;
constexpr int kTargetTooLong = 414;
constexpr int kExpectationFailed = 417;
constexpr int kHeadTooLarge = 431;
constexpr int kVersionNotSupported = 505;

// RFC 9110 §5.6.2.
bool IsTokenChar(char c) {
  constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool IsTargetChar(char c) { return c > 0x20 && c < 0x7F; }

bool IsValueChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
}

// "http://host/path" means "/path" here.
std::string_view DropAuthority(std::string_view target) {
  const std::size_t scheme_end = target.find("://");
  if (target.front() == '/' || scheme_end == std::string_view::npos) return target;
  const std::size_t path = target.find('/', scheme_end + 3);
  return path == std::string_view::npos ? "/" : target.substr(path);
}

HttpRequest::KeepAlive KeepAliveOf(const HttpRequest& request) {
  bool closes = request.minor_version == 0;
  for (const HttpHeader& header : request.headers) {
    if (header.first != "connection") continue;
    for (const std::string_view part : base::SplitWords(header.second, ',')) {
      const std::string word = base::AsciiLower(base::TrimAscii(part));
      if (word == "close") return HttpRequest::KeepAlive::kNo;
      if (word == "keep-alive") closes = false;
    }
  }
  return closes ? HttpRequest::KeepAlive::kNo : HttpRequest::KeepAlive::kYes;
}

}  // namespace

RequestParser::Progress RequestParser::Take(std::string_view& input) {
  if (error_status_ != 0) return Progress::kBad;
  auto progress = Progress::kNeedMore;
  while (progress == Progress::kNeedMore && (!input.empty() || stage_ == Stage::kBody)) {
    if (stage_ == Stage::kBody) return TakeBody(input);
    progress = TakeLine(input);
  }
  return progress;
}

HttpRequest RequestParser::Finish() {
  stage_ = Stage::kRequestLine;
  head_bytes_ = 0;
  return std::exchange(request_, {});
}

RequestParser::Progress RequestParser::TakeLine(std::string_view& input) {
  const std::size_t end = input.find('\n');
  const std::size_t taken = end == std::string_view::npos ? input.size() : end + 1;
  const bool is_first = stage_ == Stage::kRequestLine;
  if (is_first && line_.size() + taken > kMaxRequestLineBytes) return Refuse(kTargetTooLong);
  if (head_bytes_ + taken > kMaxHeadBytes) return Refuse(kHeadTooLarge);
  head_bytes_ += taken;
  line_ += input.substr(0, taken);
  input.remove_prefix(taken);
  return end == std::string_view::npos ? Progress::kNeedMore : FinishLine();
}

RequestParser::Progress RequestParser::FinishLine() {
  const std::string whole = std::exchange(line_, {});
  std::string_view line = whole;
  line.remove_suffix(1);
  if (line.empty() || line.back() != '\r') return Refuse(kBadRequest);
  line.remove_suffix(1);
  if (stage_ == Stage::kRequestLine) return ReadRequestLine(line);
  return line.empty() ? FinishHead() : ReadHeader(line);
}

RequestParser::Progress RequestParser::ReadRequestLine(std::string_view line) {
  // An empty line between requests is tolerated (RFC 9112 §2.2); the head's limit bounds them.
  if (line.empty()) return Progress::kNeedMore;
  const std::size_t method_end = line.find(' ');
  const std::size_t target_end = line.rfind(' ');
  if (method_end == std::string_view::npos || target_end <= method_end + 1) {
    return Refuse(kBadRequest);
  }
  const std::string_view method = line.substr(0, method_end);
  std::string_view target = line.substr(method_end + 1, target_end - method_end - 1);
  const std::string_view version = line.substr(target_end + 1);
  if (!IsToken(method) || !std::all_of(target.begin(), target.end(), IsTargetChar)) {
    return Refuse(kBadRequest);
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refuse(version.starts_with("HTTP/") ? kVersionNotSupported : kBadRequest);
  }
  target = DropAuthority(target);
  if (target.front() != '/' && target != "*") return Refuse(kBadRequest);
  const std::size_t question = std::min(target.find('?'), target.size());
  request_.method = method;
  request_.path = target.substr(0, question);
  request_.query = target.substr(std::min(question + 1, target.size()));
  request_.minor_version = version.back() - '0';
  stage_ = Stage::kHeaders;
  return Progress::kNeedMore;
}

RequestParser::Progress RequestParser::ReadHeader(std::string_view line) {
  if (request_.headers.size() == kMaxHeaders) return Refuse(kHeadTooLarge);
  const std::size_t colon = line.find(':');
  // No token can start with a blank, so folded lines end here too.
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse(kBadRequest);
  }
  const std::string_view value = base::TrimAscii(line.substr(colon + 1));
  if (!std::all_of(value.begin(), value.end(), IsValueChar)) return Refuse(kBadRequest);
  request_.headers.emplace_back(base::AsciiLower(line.substr(0, colon)), value);
  return Progress::kNeedMore;
}

std::size_t RequestParser::CountOf(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(request_.headers.begin(), request_.headers.end(),
                    [&](const HttpHeader& header) { return header.first == name; }));
}

RequestParser::Progress RequestParser::FinishHead() {
  const std::size_t hosts = CountOf("host");
  if (hosts > 1 || (hosts == 0 && request_.minor_version == 1)) return Refuse(kBadRequest);
  const std::size_t expectations = CountOf("expect");
  const bool is_met = IsStreamed() && expectations == 1 &&
                      base::AsciiLower(request_.Header("expect")) == "100-continue";
  if (expectations > 0 && !is_met) return Refuse(kExpectationFailed);
  request_.keep_alive = KeepAliveOf(request_);
  return ReadBodyLength();
}

RequestParser::Progress RequestParser::ReadBodyLength() {
  const std::size_t lengths = CountOf("content-length");
  if (CountOf("transfer-encoding") > 0) {
    return Refuse(lengths > 0 || request_.minor_version == 0 ? kBadRequest : kLengthRequired);
  }
  if (lengths > 1) return Refuse(kBadRequest);
  body_left_ = 0;
  if (lengths == 1) {
    const std::string_view text = request_.Header("content-length");
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, body_left_);
    if (error == std::errc::result_out_of_range) return Refuse(kBodyTooLarge);
    if (error != std::errc() || stop != end) return Refuse(kBadRequest);
  }
  if (IsStreamed()) {
    if (body_left_ > static_cast<std::size_t>(std::numeric_limits<std::int64_t>::max())) {
      return Refuse(kBodyTooLarge);
    }
    request_.streamed_bytes = static_cast<std::int64_t>(std::exchange(body_left_, 0));
  }
  if (body_left_ > max_body_bytes_) return Refuse(kBodyTooLarge);
  stage_ = Stage::kBody;
  return Progress::kNeedMore;
}

RequestParser::Progress RequestParser::TakeBody(std::string_view& input) {
  const std::size_t taken = std::min(body_left_, input.size());
  request_.body += input.substr(0, taken);
  input.remove_prefix(taken);
  body_left_ -= taken;
  return body_left_ == 0 ? Progress::kComplete : Progress::kNeedMore;
}

RequestParser::Progress RequestParser::Refuse(int status) {
  error_status_ = status;
  return Progress::kBad;
}

}  // namespace molva::transport
