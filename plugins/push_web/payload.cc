#include "payload.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>

#include "molva/json_text.hpp"
#include "molva/plugin.hpp"

namespace molva::push_web {
namespace {

constexpr std::size_t kMaxCharacters = 128;
constexpr std::string_view kEllipsis = "\xe2\x80\xa6";
constexpr long kCallTtlSeconds = 30;
constexpr std::size_t kMaxTopicLetters = 32;

std::string_view NameOf(molva_push_what what) {
  switch (what) {
    case MOLVA_PUSH_MESSAGE:
      return "msg";
    case MOLVA_PUSH_SUBSCRIPTION:
      return "sub";
    default:
      return "read";
  }
}

// The first 128 characters.
std::string Shortened(std::string_view text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) == 0x80) continue;
    if (characters++ == kMaxCharacters) return std::string(text.substr(0, i)).append(kEllipsis);
  }
  return std::string(text);
}

// The plain text of a message; empty if it has none.
std::string PlainText(const molva_receipt& receipt) {
  const std::string_view mime = sdk::View(receipt.mime);
  if (receipt.content.size == 0 ||
      (!mime.empty() && !mime.starts_with("text/plain") && mime != "text/x-drafty")) {
    return {};
  }
  simdjson::dom::parser parser;
  const simdjson::padded_string padded(sdk::View(receipt.content));
  simdjson::dom::element root;
  std::string_view text;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
      (root.get(text) != simdjson::SUCCESS && root["txt"].get(text) != simdjson::SUCCESS)) {
    return {};
  }
  return Shortened(text);
}

// "2023-11-14T22:13:20.123Z"
std::string TimeText(std::int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text.data() + size, text.size() - size, ".%03dZ",
                static_cast<int>(milliseconds % 1000));
  return text.data();
}

bool IsTopicLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_';
}

}  // namespace

std::string PayloadFor(const molva_receipt& receipt, const molva_recipient& recipient,
                       ContentRule rule) {
  sdk::JsonObject payload;
  payload.Text("what", NameOf(receipt.what));
  if (recipient.is_silent != 0) payload.Text("silent", "true");
  payload.Text("topic", sdk::View(recipient.topic))
      .Text("ts", TimeText(receipt.when))
      .TextIfAny("xfrom", sdk::View(receipt.from))
      .Text("seq", std::to_string(receipt.seq))
      .Text("unread", std::to_string(recipient.unread));
  if (receipt.what == MOLVA_PUSH_MESSAGE) {
    payload.TextIfAny("mime", sdk::View(receipt.mime));
    if (rule == ContentRule::kShown) payload.TextIfAny("content", PlainText(receipt));
    payload.TextIfAny("webrtc", sdk::View(receipt.webrtc));
    if (receipt.is_audio_only != 0) payload.Text("aonly", "true");
    payload.TextIfAny("replace", sdk::View(receipt.replaces));
  } else if (receipt.what == MOLVA_PUSH_SUBSCRIPTION) {
    payload.Text("modeWant", sdk::View(receipt.want)).Text("modeGiven", sdk::View(receipt.given));
  }
  return payload.Finish();
}

Delivery DeliveryFor(const molva_receipt& receipt, const molva_recipient& recipient,
                     long ttl_seconds) {
  if (receipt.webrtc.size != 0) {
    return {.urgency = "high", .topic = {}, .ttl_seconds = std::min(ttl_seconds, kCallTtlSeconds)};
  }
  Delivery delivery{.urgency = recipient.is_silent != 0 ? "low" : "normal",
                    .topic = {},
                    .ttl_seconds = ttl_seconds};
  const std::string_view topic = sdk::View(recipient.topic);
  if (receipt.what != MOLVA_PUSH_SUBSCRIPTION && topic.size() <= kMaxTopicLetters &&
      std::all_of(topic.begin(), topic.end(), IsTopicLetter)) {
    delivery.topic = topic;
  }
  return delivery;
}

}  // namespace molva::push_web
