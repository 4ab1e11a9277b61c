#include "transport/http/multipart_parser.h"

#include <algorithm>

#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

bool IsBoundaryChar(char c) {
  constexpr std::string_view kMarks = "'()+_,-./:=? ";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

// The value of the parameter `name` in `; a=b; c="d"`; nullopt without one.
std::optional<std::string> ParameterOf(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::size_t semicolon = text.find(';');
    if (semicolon == std::string_view::npos) return std::nullopt;
    text = base::TrimAscii(text.substr(semicolon + 1));
    const std::size_t equals = text.find_first_of("=;");
    if (equals == std::string_view::npos || text[equals] == ';') continue;
    const std::string key = base::AsciiLower(base::TrimAscii(text.substr(0, equals)));
    text.remove_prefix(equals + 1);
    std::string value;
    if (!text.empty() && text.front() == '"') {
      std::size_t i = 1;
      for (; i < text.size() && text[i] != '"'; ++i) {
        // Browsers write %22 for a quote and nothing for a backslash; others escape by one.
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) {
          ++i;
        }
        value += text[i];
      }
      if (i == text.size()) return std::nullopt;
      text.remove_prefix(i + 1);
    } else {
      const std::size_t end = std::min(text.find(';'), text.size());
      value = base::TrimAscii(text.substr(0, end));
      text.remove_prefix(end);
    }
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> MultipartParser::BoundaryOf(std::string_view content_type) {
  const std::string_view type = base::TrimAscii(content_type.substr(0, content_type.find(';')));
  if (base::AsciiLower(type) != "multipart/form-data") return std::nullopt;
  std::optional<std::string> boundary = ParameterOf(content_type, "boundary");
  const bool is_good = boundary.has_value() && !boundary->empty() &&
                       boundary->size() <= kMaxBoundaryBytes && boundary->back() != ' ' &&
                       std::all_of(boundary->begin(), boundary->end(), IsBoundaryChar);
  return is_good ? boundary : std::nullopt;
}

MultipartParser::MultipartParser(const std::string& boundary, FormReceiver& receiver)
    : delimiter_("\r\n--" + boundary), receiver_(receiver) {}

MultipartParser::Progress MultipartParser::Take(std::string_view input) {
  if (progress_ != Progress::kNeedMore) return progress_;
  buffer_ += input;
  at_ = 0;
  std::optional<Progress> step;
  do {
    step = Step();
  } while (step == Progress::kNeedMore);
  if (step.has_value()) progress_ = *step;
  buffer_.erase(0, at_);
  return progress_;
}

// kNeedMore: a stage is over, the next one goes on with what is there.
std::optional<MultipartParser::Progress> MultipartParser::Step() {
  switch (stage_) {
    case Stage::kPreamble:
      return SkipPreamble();
    case Stage::kBoundaryEnd:
      return ReadBoundaryEnd();
    case Stage::kHead:
      return ReadHead();
    case Stage::kData:
      break;
  }
  return ReadData();
}

std::optional<MultipartParser::Progress> MultipartParser::SkipPreamble() {
  const std::size_t found = buffer_.find(delimiter_, at_);
  if (found == std::string::npos) {
    at_ = std::max(at_, buffer_.size() - std::min(buffer_.size(), delimiter_.size() - 1));
    return std::nullopt;
  }
  at_ = found + delimiter_.size();
  stage_ = Stage::kBoundaryEnd;
  return Progress::kNeedMore;
}

std::optional<MultipartParser::Progress> MultipartParser::ReadBoundaryEnd() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  if (rest.starts_with("--")) return Progress::kComplete;
  const std::size_t end = rest.find(kLineEnd);
  const std::string_view padding = rest.substr(0, end);
  // Blanks may stand behind a boundary; the line break may be here in half.
  const bool is_blank = padding.find_first_not_of(" \t\r-") == std::string_view::npos;
  if (!is_blank || padding.size() > kMaxBoundaryBytes) return Progress::kBad;
  if (end == std::string_view::npos) return std::nullopt;
  if (padding.find_first_of("\r-") != std::string_view::npos) return Progress::kBad;
  if (++parts_ > kMaxParts) return Progress::kBad;
  at_ += end;  // each line of the head has its break before it
  stage_ = Stage::kHead;
  return Progress::kNeedMore;
}

std::optional<MultipartParser::Progress> MultipartParser::ReadHead() {
  const std::string_view rest = std::string_view(buffer_).substr(at_);
  const std::size_t end = rest.find(kHeadEnd);
  if (std::min(end, rest.size()) > kMaxHeadBytes) return Progress::kBad;
  if (end == std::string_view::npos) return std::nullopt;
  const std::optional<FormPart> part = ParseHead(rest.substr(0, end));
  if (!part.has_value()) return Progress::kBad;
  at_ += end + kHeadEnd.size();
  stage_ = Stage::kData;
  return receiver_.OnPart(*part) ? Progress::kNeedMore : Progress::kStopped;
}

std::optional<FormPart> MultipartParser::ParseHead(std::string_view head) const {
  FormPart part;
  bool is_named = false;
  while (!head.empty()) {
    head.remove_prefix(kLineEnd.size());
    const std::size_t end = std::min(head.find(kLineEnd), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string name = base::AsciiLower(base::TrimAscii(line.substr(0, colon)));
    const std::string_view value = base::TrimAscii(line.substr(colon + 1));
    if (name == "content-type") part.content_type = value;
    if (name != "content-disposition") continue;
    const std::string kind = base::AsciiLower(base::TrimAscii(value.substr(0, value.find(';'))));
    std::optional<std::string> field = ParameterOf(value, "name");
    if (kind != "form-data" || !field.has_value() || is_named) return std::nullopt;
    part.name = *std::move(field);
    is_named = true;
  }
  return is_named ? std::optional(std::move(part)) : std::nullopt;
}

std::optional<MultipartParser::Progress> MultipartParser::ReadData() {
  const std::size_t found = buffer_.find(delimiter_, at_);
  const std::size_t kept = delimiter_.size() - 1;
  const std::size_t end = found != std::string::npos
                              ? found
                              : std::max(at_, buffer_.size() - std::min(buffer_.size(), kept));
  if (end > at_ && !receiver_.OnPartBytes(std::string_view(buffer_).substr(at_, end - at_))) {
    return Progress::kStopped;
  }
  at_ = end;
  if (found == std::string::npos) return std::nullopt;
  at_ += delimiter_.size();
  stage_ = Stage::kBoundaryEnd;
  return Progress::kNeedMore;
}

}  // namespace molva::transport
