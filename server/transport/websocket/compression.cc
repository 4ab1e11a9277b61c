#include "transport/websocket/compression.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/check.h"
#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::string_view kName = "permessage-deflate";
// Our window, of 4 KiB: packets are short, and a client may ask for one of this size.
constexpr int kWindowBits = 12;
constexpr int kLargestWindowBits = 15;
constexpr int kMemoryLevel = 8;
// What a flushed message ends with; it is not sent.
constexpr std::string_view kFlushEnd("\x00\x00\xFF\xFF", 4);

struct Parameter {
  std::string name;
  std::string value;  // empty: none
};

Parameter ParseParameter(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  std::string_view value = base::TrimAscii(text.substr(std::min(equals + 1, text.size())));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"') {
    value = value.substr(1, value.size() - 2);
  }
  return {base::AsciiLower(base::TrimAscii(text.substr(0, equals))), std::string(value)};
}

// The number of bits of a window; nullopt for what is none.
std::optional<int> ParseBits(std::string_view text) {
  int bits = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), bits);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  if (!is_number || text.front() == '0' || bits < 8 || bits > kLargestWindowBits) {
    return std::nullopt;
  }
  return bits;
}

// The answer to one offer, if we can take it.
std::optional<std::string> AcceptOffer(std::string_view offer) {
  const std::vector<std::string_view> words = base::SplitWords(offer, ';');
  if (words.empty() || base::AsciiLower(base::TrimAscii(words.front())) != kName) {
    return std::nullopt;
  }
  std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  std::vector<std::string> seen;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const Parameter parameter = ParseParameter(words[i]);
    if (std::find(seen.begin(), seen.end(), parameter.name) != seen.end()) return std::nullopt;
    seen.push_back(parameter.name);
    if (parameter.name == "server_no_context_takeover" ||
        parameter.name == "client_no_context_takeover") {
      if (!parameter.value.empty()) return std::nullopt;
    } else if (parameter.name == "client_max_window_bits") {
      // Whatever its window is, it is not larger than the one we inflate with.
      if (!parameter.value.empty() && !ParseBits(parameter.value)) return std::nullopt;
    } else if (parameter.name == "server_max_window_bits") {
      const std::optional<int> bits = ParseBits(parameter.value);
      if (!bits.has_value() || *bits < kWindowBits) return std::nullopt;
      answer += "; server_max_window_bits=" + std::to_string(kWindowBits);
    } else {
      return std::nullopt;
    }
  }
  return answer;
}

Bytef* BytesOf(std::string_view text) {
  // zlib has no const here; it only reads.
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}

}  // namespace

std::optional<std::string> AcceptCompression(const HttpRequest& request) {
  for (const HttpHeader& header : request.headers) {
    if (header.first != "sec-websocket-extensions") continue;
    for (const std::string_view offer : base::SplitWords(header.second, ',')) {
      if (std::optional<std::string> answer = AcceptOffer(offer)) return answer;
    }
  }
  return std::nullopt;
}

struct MessageCodec::Streams {
  Streams() {
    MOLVA_CHECK(deflateInit2(&out, Z_BEST_SPEED, Z_DEFLATED, -kWindowBits, kMemoryLevel,
                             Z_DEFAULT_STRATEGY) == Z_OK,
                "no memory for zlib");
    MOLVA_CHECK(inflateInit2(&in, -kLargestWindowBits) == Z_OK, "no memory for zlib");
  }
  ~Streams() {
    deflateEnd(&out);
    inflateEnd(&in);
  }
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  z_stream out{};
  z_stream in{};
};

// One byte more than is allowed shows that there is more.
MessageCodec::MessageCodec(std::size_t max_message_bytes)
    : max_message_bytes_(max_message_bytes),
      streams_(std::make_unique<Streams>()),
      inflated_(max_message_bytes + 1 + kTailBytes, '\0') {}

MessageCodec::~MessageCodec() = default;

std::string MessageCodec::Deflate(std::string_view text) {
  z_stream& stream = streams_->out;
  deflateReset(&stream);
  // The bound is of a stream that ends; a flush takes a few bytes more.
  constexpr std::size_t kFlushBytes = 16;
  std::string payload(deflateBound(&stream, text.size()) + kFlushBytes, '\0');
  stream.next_in = BytesOf(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = BytesOf(payload);
  stream.avail_out = static_cast<uInt>(payload.size());
  const int result = deflate(&stream, Z_SYNC_FLUSH);
  MOLVA_CHECK(result == Z_OK && stream.avail_in == 0 && stream.avail_out > 0,
              "zlib keeps its bound");
  payload.erase(payload.size() - stream.avail_out);
  MOLVA_CHECK(std::string_view(payload).ends_with(kFlushEnd), "a flush ends as it must");
  payload.erase(payload.size() - kFlushEnd.size());
  return payload;
}

absl::StatusOr<std::string_view> MessageCodec::Inflate(std::string_view payload) {
  z_stream& stream = streams_->in;
  inflateReset(&stream);
  stream.next_out = BytesOf(inflated_);
  stream.avail_out = static_cast<uInt>(max_message_bytes_ + 1);
  int result = Z_OK;
  for (const std::string_view part : {payload, kFlushEnd}) {
    stream.next_in = BytesOf(part);
    stream.avail_in = static_cast<uInt>(part.size());
    while (stream.avail_in > 0 && stream.avail_out > 0 && result == Z_OK) {
      result = inflate(&stream, Z_SYNC_FLUSH);
    }
    if (stream.avail_out == 0) return absl::ResourceExhaustedError("the message is too long");
    // Progress is impossible only where nothing is missing. A last block may end the message, then
    // perhaps an empty byte follows (RFC 7692 §7.2.3.4).
    if (result == Z_BUF_ERROR) result = Z_OK;
    if (result == Z_STREAM_END) {
      const std::string_view rest(reinterpret_cast<const char*>(stream.next_in), stream.avail_in);
      if (part.data() == kFlushEnd.data() || rest.empty() || rest == std::string_view("\0", 1)) {
        break;
      }
    }
    if (result != Z_OK) return absl::InvalidArgumentError("the message is not deflated");
  }
  const std::size_t size = max_message_bytes_ + 1 - stream.avail_out;
  std::fill_n(inflated_.data() + size, kTailBytes, '\0');
  return std::string_view(inflated_).substr(0, size);
}

}  // namespace molva::transport
