// Frames of a peer: whatever is taken says the same after it was written and read again, and keeps
// to the bounds that are announced for it.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/check.h"
#include "chain/merkle.h"
#include "federation/peer/frames.h"

namespace molva::federation {
namespace {

// Of a batch, beside what SizeInBatch says of its items and the signature.
constexpr std::size_t kBatchFraming = 64;

auto Members(const Hello& it) {
  return std::tie(it.version_min, it.version_max, it.domain, it.capabilities, it.software, it.time,
                  it.credit_bytes, it.heartbeat);
}
auto Members(const topic::Outcome& it) {
  return std::tie(it.number, it.code, it.text, it.params.text);
}
auto Members(const UserStatus& it) {
  return std::tie(it.user, it.what, it.user_agent, it.card_time);
}
auto Members(const NoteFrame& it) { return std::tie(it.topic, it.user, it.what, it.seq); }
auto Members(const Call& it) { return std::tie(it.id, it.question, it.text); }
auto Members(const Found& it) {
  return std::tie(it.name, it.public_card.text, it.trusted.text, it.updated, it.access_auth,
                  it.tags, it.subscribers);
}
auto Members(const RefusalFrame& it) { return std::tie(it.topic, it.kind, it.n, it.reason); }
auto Members(const Credit& it) { return std::tie(it.bytes); }
auto Members(const PingFrame& it) { return std::tie(it.nonce); }
auto Members(const PongFrame& it) { return std::tie(it.nonce); }
auto Members(const Bye& it) { return std::tie(it.reason); }

template <typename T>
bool IsSame(const T& one, const T& other) {
  return Members(one) == Members(other);
}

bool IsSame(const TopicProgress& one, const TopicProgress& other);
bool IsSame(const ReceivedItem& one, const ReceivedItem& other);

template <typename T>
bool AreSame(const std::vector<T>& one, const std::vector<T>& other) {
  if (one.size() != other.size()) return false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (!IsSame(one[i], other[i])) return false;
  }
  return true;
}

bool IsSame(const TopicProgress& one, const TopicProgress& other) {
  return one.topic == other.topic && one.events == other.events &&
         one.proposals == other.proposals && AreSame(one.outcomes, other.outcomes);
}
bool IsSame(const Resume& one, const Resume& other) { return AreSame(one.topics, other.topics); }
bool IsSame(const Ack& one, const Ack& other) { return AreSame(one.topics, other.topics); }
bool IsSame(const Notes& one, const Notes& other) { return AreSame(one.notes, other.notes); }
bool IsSame(const Presence& one, const Presence& other) {
  return AreSame(one.entries, other.entries) && one.snapshot_begins == other.snapshot_begins &&
         one.snapshot_ends == other.snapshot_ends;
}
bool IsSame(const CallResult& one, const CallResult& other) {
  return one.id == other.id && one.code == other.code && AreSame(one.found, other.found);
}
bool IsSame(const ReceivedItem& one, const ReceivedItem& other) {
  const bool has_payload = one.payload.has_value();
  if (has_payload != other.payload.has_value()) return false;
  if (has_payload && (one.payload->head != other.payload->head ||
                      one.payload->content != other.payload->content)) {
    return false;
  }
  // A proof that is none is not sent on.
  const bool has_proof = chain::DecodeProof(one.cause_proof).ok();
  return one.kind == other.kind && one.body == other.body && one.cause == other.cause &&
         other.cause_proof == (has_proof ? one.cause_proof : std::string());
}
bool IsSame(const ReceivedBatch& one, const ReceivedBatch& other) {
  return AreSame(one.items, other.items) && one.key_id == other.key_id &&
         one.signature == other.signature;
}

std::string Write(const ReceivedBatch& batch) {
  MOLVA_CHECK(!batch.items.empty() && batch.items.size() <= kMaxItemsPerBatch,
              "a batch of another size");
  std::vector<OutgoingItem> items;
  std::size_t bound = kBatchFraming + batch.key_id.size() + batch.signature.size();
  for (const ReceivedItem& received : batch.items) {
    MOLVA_CHECK(received.body.size() <= chain::kMaxBodyBytes, "a body is too long");
    MOLVA_CHECK(!received.has_bad_payload || !received.payload.has_value(), "half a payload");
    auto item = std::make_shared<topic::LaneItem>();
    item->body = received.body;
    item->payload = received.payload;
    item->cause = received.cause;
    item->cause_proof = received.cause_proof;
    bound += SizeInBatch(*item);
    items.push_back({received.kind, std::move(item)});
  }
  std::string bytes = EncodeBatch(items, batch.key_id, batch.signature);
  MOLVA_CHECK(bytes.size() <= bound, "a batch is longer than its items");
  return bytes;
}

template <typename Frame>
std::string Write(const Frame& frame) {
  return EncodeFrame(frame);
}

template <typename Frame>
void CheckAgain(const Frame& frame) {
  const absl::StatusOr<ReceivedFrame> again = DecodeFrame(Write(frame));
  MOLVA_CHECK(again.ok(), "what is written cannot be read");
  const Frame* same = std::get_if<Frame>(&*again);
  MOLVA_CHECK(same != nullptr, "it is another kind of frame when written again");
  MOLVA_CHECK(IsSame(frame, *same), "it says something else when written again");
}

// Of a kind that is not known nothing is kept.
void CheckAgain(const UnknownFrame&) {}

void Take(std::string_view bytes) {
  const absl::StatusOr<ReceivedFrame> frame = DecodeFrame(bytes);
  if (!frame.ok()) {
    MOLVA_CHECK(absl::IsInvalidArgument(frame.status()), "an error of another kind");
    return;
  }
  std::visit([](const auto& known) { CheckAgain(known); }, *frame);
}

}  // namespace
}  // namespace molva::federation

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::federation::Take({reinterpret_cast<const char*>(data), size});
  return 0;
}
