#include "plugin/verdict_reader.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/status_macros.h"
#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

using moderation::Ruling;
using moderation::Verdict;

// Of a message's content; what clients send may be nested as deep inside their packet.
constexpr std::size_t kMaxReplacedDepth = 28;

absl::Status NoVerdict(std::string_view why) {
  return absl::InvalidArgumentError(absl::string_view(why.data(), why.size()));
}

std::optional<Ruling> RulingOf(molva_ruling ruling) {
  switch (ruling) {
    case MOLVA_RULING_ACCEPT:
      return Ruling::kAccept;
    case MOLVA_RULING_DROP:
      return Ruling::kDrop;
    case MOLVA_RULING_REFUSE:
      return Ruling::kRefuse;
    case MOLVA_RULING_QUARANTINE:
      return Ruling::kQuarantine;
    case MOLVA_RULING_REPLACE:
      return Ruling::kReplace;
    default:
      return std::nullopt;
  }
}

bool IsOneLine(std::string_view text) {
  const bool has_control = std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
  return !has_control && simdjson::validate_utf8(text.data(), text.size());
}

enum class Shape { kAny, kObject };

// `text`, shortened of white space, if it is one JSON value.
absl::StatusOr<std::string> Json(std::string_view text, std::size_t max_bytes, Shape shape) {
  if (text.size() > max_bytes) return NoVerdict("a replacement is too long");
  simdjson::dom::parser parser;
  simdjson::dom::element value;
  if (parser.allocate(text.size(), kMaxReplacedDepth) != simdjson::SUCCESS ||
      parser.parse(text.data(), text.size()).get(value) != simdjson::SUCCESS) {
    return NoVerdict("a replacement is no JSON, or nested too deeply");
  }
  if (shape == Shape::kObject && !value.is_object()) return NoVerdict("a head must be an object");
  if (value.is_null()) return NoVerdict("a replacement must not be null");
  return std::string(simdjson::minify(value));
}

}  // namespace

absl::StatusOr<Verdict> ReadVerdict(const molva_verdict* verdict, std::size_t max_bytes) {
  if (verdict == nullptr || !MOLVA_HAS(verdict, reason)) return NoVerdict("a verdict is too short");
  const std::optional<Ruling> ruling = RulingOf(verdict->ruling);
  if (!ruling.has_value()) return NoVerdict("there is no such ruling");
  const std::string_view reason = sdk::View(verdict->reason);
  if (reason.size() > moderation::kMaxReasonBytes || !IsOneLine(reason)) {
    return NoVerdict("a reason must be one line of UTF-8 of at most 256 bytes");
  }
  Verdict read;
  read.ruling = *ruling;
  read.reason = std::string(reason);
  if (*ruling != Ruling::kReplace) return read;
  if (MOLVA_HAS(verdict, head) && verdict->head.size != 0) {
    MOLVA_ASSIGN_OR_RETURN(std::string head,
                           Json(sdk::View(verdict->head), max_bytes, Shape::kObject));
    read.head = model::ParseJsonFields({std::move(head)});
    read.has_head = true;
  }
  if (MOLVA_HAS(verdict, content) && verdict->content.size != 0) {
    MOLVA_ASSIGN_OR_RETURN(read.content.text,
                           Json(sdk::View(verdict->content), max_bytes, Shape::kAny));
  }
  if (!read.has_head && read.content.empty()) return NoVerdict("nothing is put in its place");
  return read;
}

}  // namespace molva::plugin
