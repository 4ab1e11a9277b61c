#include "transport/websocket/frame_parser.h"

#include <algorithm>
#include <cstring>

#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::size_t kMaskBytes = 4;
constexpr std::uint64_t kLongestControl = 125;
// RSV1, of the first frame of a message.
constexpr unsigned kDeflatedBit = 0x40;
// A message's memory up to this is kept for the next one.
constexpr std::size_t kKeptBytes = 512;

bool IsKnownOpcode(unsigned opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

// RFC 6455 §7.4 and the IANA registry; 1004 to 1006 and 1015 must not be sent.
bool MayBeSent(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

// XORs `bytes` with `mask`, whose byte number `phase` comes first.
void Unmask(std::span<char> bytes, const std::array<std::uint8_t, kMaskBytes>& mask,
            unsigned phase) {
  std::array<std::uint8_t, 8> pattern;
  for (unsigned i = 0; i < pattern.size(); ++i) pattern[i] = mask[(phase + i) % kMaskBytes];
  std::uint64_t wide_mask = 0;
  std::memcpy(&wide_mask, pattern.data(), sizeof wide_mask);
  std::size_t i = 0;
  for (; i + sizeof wide_mask <= bytes.size(); i += sizeof wide_mask) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + i, sizeof word);
    word ^= wide_mask;
    std::memcpy(bytes.data() + i, &word, sizeof word);
  }
  for (std::size_t j = 0; i < bytes.size(); ++i, ++j) {
    bytes[i] = static_cast<char>(static_cast<std::uint8_t>(bytes[i]) ^ pattern[j]);
  }
}

}  // namespace

FrameEvent FrameParser::Next(std::span<char>& input) {
  if (error_ != CloseCode::kNoneSent) return Fail(error_);
  if (std::exchange(gave_message_, false)) {
    message_.clear();
    if (message_.capacity() > kKeptBytes) message_.shrink_to_fit();
  }
  for (;;) {
    if (!has_frame_) {
      const Progress progress = ReadHeader(input);
      if (progress == Progress::kNeedMore) return {};
      if (progress == Progress::kError) return Fail(error_);
    }
    const FrameEvent event = is_control() ? ReadControl(input) : ReadData(input);
    // A fragment that is not the last one ends a frame without an event.
    if (event.kind != FrameEvent::Kind::kNeedMore || has_frame_) return event;
  }
}

std::size_t FrameParser::HeaderSize() const {
  if (header_bytes_ < 2) return 2;
  const unsigned length = header_[1] & 0x7F;
  return 2 + (length == 127 ? 8u : length == 126 ? 2u : 0u) + kMaskBytes;
}

FrameParser::Progress FrameParser::ReadHeader(std::span<char>& input) {
  while (header_bytes_ < HeaderSize()) {
    if (input.empty()) return Progress::kNeedMore;
    header_[header_bytes_++] = static_cast<std::uint8_t>(input.front());
    input = input.subspan(1);
    if (header_bytes_ == 2 && !AreFirstBytesGood()) {
      error_ = CloseCode::kProtocolError;
      return Progress::kError;
    }
  }
  if (!IsLengthGood()) return Progress::kError;
  std::memcpy(mask_.data(), header_.data() + header_bytes_ - kMaskBytes, kMaskBytes);
  mask_phase_ = 0;
  has_frame_ = true;
  if (is_control()) {
    control_.clear();
  } else if (!is_fragmented_) {
    is_text_ = opcode_ == Opcode::kText;
    is_deflated_ = (header_[0] & kDeflatedBit) != 0;
    utf8_.Reset();
  }
  return Progress::kDone;
}

bool FrameParser::AreFirstBytesGood() {
  const unsigned opcode = header_[0] & 0x0F;
  const bool may_be_deflated =
      compression_ == Compression::kPerMessage && (opcode == 0x1 || opcode == 0x2);
  const unsigned reserved_bits = may_be_deflated ? 0x70 & ~kDeflatedBit : 0x70;
  const bool has_reserved_bits = (header_[0] & reserved_bits) != 0;
  const bool is_masked = (header_[1] & 0x80) != 0;
  if (has_reserved_bits || !is_masked || !IsKnownOpcode(opcode)) return false;
  opcode_ = static_cast<Opcode>(opcode);
  is_final_ = (header_[0] & 0x80) != 0;
  if (is_control()) return is_final_ && (header_[1] & 0x7F) <= kLongestControl;
  // A message goes on exactly where one has begun.
  return (opcode_ == Opcode::kContinuation) == is_fragmented_;
}

// Reads frame_left_ from the header; sets error_ if it is wrong or too much.
bool FrameParser::IsLengthGood() {
  const unsigned length = header_[1] & 0x7F;
  std::uint64_t size = length;
  if (length > kLongestControl) {
    size = 0;
    for (std::size_t i = 2; i < header_bytes_ - kMaskBytes; ++i) size = size << 8 | header_[i];
    const std::uint64_t shortest = length == 126 ? 126 : 0x10000;
    if (size < shortest || size >> 63 != 0) {
      error_ = CloseCode::kProtocolError;
      return false;
    }
  }
  if (!is_control() && size > max_message_bytes_ - message_.size()) {
    error_ = CloseCode::kTooLarge;
    return false;
  }
  frame_left_ = size;
  return true;
}

std::string_view FrameParser::TakeUnmasked(std::span<char>& input) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(frame_left_, input.size()));
  const std::span<char> taken = input.first(size);
  Unmask(taken, mask_, mask_phase_);
  mask_phase_ = static_cast<std::uint8_t>((mask_phase_ + size) % kMaskBytes);
  frame_left_ -= size;
  input = input.subspan(size);
  return {taken.data(), taken.size()};
}

void FrameParser::EndFrame() {
  has_frame_ = false;
  header_bytes_ = 0;
}

FrameEvent FrameParser::ReadData(std::span<char>& input) {
  const std::string_view piece = TakeUnmasked(input);
  const bool is_whole_frame = frame_left_ == 0;
  if (is_whole_frame) EndFrame();
  if (is_whole_frame && is_final_ && !is_fragmented_ && message_.empty()) {
    if (checks_utf8() && !base::IsValidUtf8(piece)) return Fail(CloseCode::kInvalidUtf8);
    return MessageEvent(piece);
  }
  if (checks_utf8() && !utf8_.Take(piece)) return Fail(CloseCode::kInvalidUtf8);
  message_ += piece;
  if (!is_whole_frame) return {};
  is_fragmented_ = !is_final_;
  return is_final_ ? FinishGathered() : FrameEvent{};
}

FrameEvent FrameParser::FinishGathered() {
  if (checks_utf8() && !utf8_.IsComplete()) return Fail(CloseCode::kInvalidUtf8);
  const std::size_t size = message_.size();
  message_.append(kTailBytes, '\0');
  gave_message_ = true;
  return MessageEvent(std::string_view(message_).substr(0, size));
}

FrameEvent FrameParser::MessageEvent(std::string_view payload) const {
  const auto kind = is_deflated_ ? FrameEvent::Kind::kDeflated : FrameEvent::Kind::kMessage;
  return {kind, payload, CloseCode::kNoneSent, is_text_};
}

FrameEvent FrameParser::ReadControl(std::span<char>& input) {
  std::string_view payload = TakeUnmasked(input);
  if (frame_left_ > 0 || !control_.empty()) {
    control_ += payload;
    payload = control_;
  }
  if (frame_left_ > 0) return {};
  EndFrame();
  if (opcode_ == Opcode::kClose) return FinishClose(payload);
  const auto kind = opcode_ == Opcode::kPing ? FrameEvent::Kind::kPing : FrameEvent::Kind::kPong;
  return {kind, payload};
}

FrameEvent FrameParser::FinishClose(std::string_view payload) {
  if (payload.empty()) return {FrameEvent::Kind::kClose, {}, CloseCode::kNoneSent};
  if (payload.size() == 1) return Fail(CloseCode::kProtocolError);
  const unsigned code = static_cast<std::uint8_t>(payload[0]) << 8 |
                        static_cast<unsigned>(static_cast<std::uint8_t>(payload[1]));
  if (!MayBeSent(code)) return Fail(CloseCode::kProtocolError);
  if (!base::IsValidUtf8(payload.substr(2))) return Fail(CloseCode::kInvalidUtf8);
  return {FrameEvent::Kind::kClose, {}, static_cast<CloseCode>(code)};
}

FrameEvent FrameParser::Fail(CloseCode code) {
  error_ = code;
  message_ = std::string();
  return {FrameEvent::Kind::kError, {}, code};
}

}  // namespace molva::transport
