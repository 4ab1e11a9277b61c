// Fuzzes the JSON decoder: what it takes is JSON for another parser too, and what it passes through
// fits into a packet of ours.
#include <simdjson.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "wire/json_decoder.h"
#include "wire/json_encoder.h"

namespace molva::wire {
namespace {

constexpr DecodeLimits kLimits{.max_packet_bytes = 16384, .max_depth = 16};

// The same text with long runs of digits cut outside of strings: the other parser refuses integers
// beyond 64 bits, which are JSON all the same (RFC 8259 §6).
std::string WithShortNumbers(std::string_view text) {
  constexpr int kMostDigits = 15;
  std::string shorter;
  bool in_string = false;
  int digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    digits = !in_string && c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMostDigits) continue;
    shorter += c;
    if (in_string && c == '\\' && i + 1 < text.size()) {
      shorter += text[++i];
    } else if (c == '"') {
      in_string = !in_string;
    }
  }
  return shorter;
}

bool IsJson(std::string_view text) {
  simdjson::dom::parser parser;
  return parser.parse(simdjson::padded_string(WithShortNumbers(text))).error() == simdjson::SUCCESS;
}

void CheckPassedThrough(const model::Request& request) {
  const auto* pub = std::get_if<model::Pub>(&request.body);
  if (pub == nullptr) return;
  std::string packet;
  EncodeJson(model::Data{"t", "", absl::UnixEpoch(), 1, pub->head, pub->content}, packet);
  MOLVA_CHECK(IsJson(packet), "a broken packet would be shown to others");
}

void Decode(const std::uint8_t* data, std::size_t size) {
  // Exactly the promised bytes behind the packet: reading further is found.
  const auto buffer = std::make_unique<char[]>(size + JsonDecoder::kPaddingBytes);
  if (size > 0) std::memcpy(buffer.get(), data, size);
  std::memset(buffer.get() + size, '}', JsonDecoder::kPaddingBytes);
  const std::string_view packet(buffer.get(), size);
  JsonDecoder decoder(kLimits);
  const absl::StatusOr<model::Request> request = decoder.Decode(packet);
  const absl::StatusOr<model::Request> copied = decoder.DecodeCopy(packet);
  MOLVA_CHECK(request.ok() == copied.ok(), "what stands behind the packet matters");
  if (!request.ok()) return;
  MOLVA_CHECK(IsJson(packet), "it takes what is no JSON");
  CheckPassedThrough(*request);
}

}  // namespace
}  // namespace molva::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::wire::Decode(data, size);
  return 0;
}
