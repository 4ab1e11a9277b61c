// Fuzzes what a peer signs: whatever is taken as an event, a proposal or a payload means the same
// after it was written and read again, and its JSON is JSON.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "chain/body.h"
#include "names/payload_names.h"
#include "tests/fuzz/is_json.h"

namespace molva::chain {
namespace {

constexpr absl::StatusCode kRefused = absl::StatusCode::kInvalidArgument;

template <typename Body>
void CheckTwice(const Body& body, absl::StatusOr<Body> (*decode)(std::string_view)) {
  const std::string bytes = Encode(body);
  const absl::StatusOr<Body> again = decode(bytes);
  MOLVA_CHECK(again.ok(), "what is written cannot be read");
  MOLVA_CHECK(Encode(*again) == bytes, "it means another thing when written again");
}

void CheckJson(const model::RawJson& json) {
  if (json.empty()) return;
  MOLVA_CHECK(fuzz::IsJson(json.text), "it takes what is no JSON");
}

void CheckNames(const Payload& payload) {
  static const names::NameBook kNames("here.example", "sixteen bytes or more");
  Payload copy = payload;
  if (names::Localise(kNames, copy.head, copy.content).ok()) {
    for (const auto& [key, value] : copy.head) CheckJson(value);
    CheckJson(copy.content);
    names::Globalise(kNames, copy.head, copy.content);
    MOLVA_CHECK(copy.head == payload.head && copy.content == payload.content,
                "names came back in other bytes");
  }
  names::Globalise(kNames, copy.head, copy.content);
  MOLVA_CHECK(names::Localise(kNames, copy.head, copy.content).ok(),
              "what our own server would send is refused");
}

void Decode(std::string_view bytes) {
  const absl::StatusOr<Event> event = DecodeEvent(bytes);
  MOLVA_CHECK(event.ok() || event.status().code() == kRefused, "a refusal of another kind");
  if (event.ok()) {
    CheckTwice(*event, DecodeEvent);
    if (const auto* topic = std::get_if<TopicState>(&event->state)) {
      CheckJson(topic->public_card);
      CheckJson(topic->trusted);
      CheckJson(topic->aux);
    }
  }
  const absl::StatusOr<Proposal> proposal = DecodeProposal(bytes);
  MOLVA_CHECK(proposal.ok() || proposal.status().code() == kRefused, "a refusal of another kind");
  if (proposal.ok()) CheckTwice(*proposal, DecodeProposal);
  const absl::StatusOr<Payload> payload = DecodePayload(bytes);
  MOLVA_CHECK(payload.ok() || payload.status().code() == kRefused, "a refusal of another kind");
  if (!payload.ok()) return;
  CheckTwice(*payload, DecodePayload);
  for (const auto& [key, value] : payload->head) CheckJson(value);
  CheckJson(payload->content);
  CheckNames(*payload);
}

}  // namespace
}  // namespace molva::chain

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::chain::Decode({reinterpret_cast<const char*>(data), size});
  return 0;
}
