// Fuzzes the JSON decoder: what it takes is JSON for another parser too, and what it passes through
// fits into a packet of ours.
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "tests/fuzz/is_json.h"
#include "wire/json_decoder.h"
#include "wire/json_encoder.h"

namespace molva::wire {
namespace {

constexpr DecodeLimits kLimits{.max_packet_bytes = 16384, .max_depth = 16};

void CheckPassedThrough(const model::Request& request) {
  const auto* pub = std::get_if<model::Pub>(&request.body);
  if (pub == nullptr) return;
  std::string packet;
  EncodeJson(model::Data{"t", "", absl::UnixEpoch(), 1, pub->head, pub->content}, packet);
  MOLVA_CHECK(fuzz::IsJson(packet), "a broken packet would be shown to others");
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
  MOLVA_CHECK(fuzz::IsJson(packet), "it takes what is no JSON");
  CheckPassedThrough(*request);
}

}  // namespace
}  // namespace molva::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::wire::Decode(data, size);
  return 0;
}
