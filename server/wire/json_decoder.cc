#include "wire/json_decoder.h"

#include <simdjson.h>

#include <cstring>

#include "wire/json_reader.h"
#include "wire/json_requests.h"

namespace molva::wire {

static_assert(JsonDecoder::kPaddingBytes >= simdjson::SIMDJSON_PADDING);

struct JsonDecoder::Buffers {
  simdjson::ondemand::parser parser;
  std::string copy;
};

namespace {

// Reads the members of the packet, keeping the request that comes first in precedence.
class EnvelopeReader {
 public:
  EnvelopeReader(JsonReader& in, model::Request& out) : in_(in), out_(out) {}

  absl::Status OnMember(std::string_view key, JsonValue value) {
    bool null = false;
    if (value.is_null().get(null) != simdjson::SUCCESS) return Malformed("bad literal");
    if (null) return absl::OkStatus();
    std::string lower;
    const RequestReader* reader = FindRequestReader(key);
    if (reader == nullptr && key != "extra") {
      lower = base::AsciiLower(key);
      key = lower;
      reader = FindRequestReader(key);
    }
    if (reader != nullptr) return OnRequest(*reader, value);
    if (key == "extra") return Read(in_, value, out_.extra);
    return in_.Check(value);
  }

 private:
  absl::Status OnRequest(const RequestReader& reader, JsonValue value) {
    model::Request request;
    MOLVA_RETURN_IF_ERROR(reader.read(in_, value, request));
    if (best_ != nullptr && &reader > best_) return absl::OkStatus();
    best_ = &reader;
    out_.id = std::move(request.id);
    out_.body = std::move(request.body);
    return absl::OkStatus();
  }

  JsonReader& in_;
  model::Request& out_;
  const RequestReader* best_ = nullptr;
};

}  // namespace

JsonDecoder::JsonDecoder(DecodeLimits limits)
    : limits_(limits), buffers_(std::make_unique<Buffers>()) {}
JsonDecoder::~JsonDecoder() = default;
JsonDecoder::JsonDecoder(JsonDecoder&&) noexcept = default;
JsonDecoder& JsonDecoder::operator=(JsonDecoder&&) noexcept = default;

absl::StatusOr<model::Request> JsonDecoder::Decode(std::string_view packet) {
  if (packet.size() > limits_.max_packet_bytes) {
    return model::Fail(model::Fault::kTooLarge,
                       fmt::format("packet of {} bytes, the limit is {}", packet.size(),
                                   limits_.max_packet_bytes));
  }
  simdjson::ondemand::document document;
  const simdjson::padded_string_view padded(packet.data(), packet.size(),
                                            packet.size() + kPaddingBytes);
  if (buffers_->parser.iterate(padded).get(document) != simdjson::SUCCESS) {
    return Malformed("not JSON in UTF-8");
  }
  JsonValue root;
  if (document.get_value().get(root) != simdjson::SUCCESS) return Malformed("not an object");
  model::Request request;
  JsonReader reader(limits_.max_depth);
  EnvelopeReader envelope(reader, request);
  MOLVA_RETURN_IF_ERROR(reader.EachMember(
      root, [&](std::string_view key, JsonValue value) { return envelope.OnMember(key, value); }));
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return Malformed("bytes behind the packet");
  }
  return request;
}

absl::StatusOr<model::Request> JsonDecoder::DecodeCopy(std::string_view packet) {
  if (packet.size() > limits_.max_packet_bytes) return Decode(packet);
  buffers_->copy.resize(packet.size() + kPaddingBytes);
  std::memcpy(buffers_->copy.data(), packet.data(), packet.size());
  return Decode(std::string_view(buffers_->copy).substr(0, packet.size()));
}

}  // namespace molva::wire
