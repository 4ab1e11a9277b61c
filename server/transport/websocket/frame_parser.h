// Takes the bytes of a WebSocket client apart into messages and control frames.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "transport/websocket/close_code.h"
#include "transport/websocket/compression.h"
#include "transport/websocket/utf8_checker.h"

namespace molva::transport {

// What the parser found.
struct FrameEvent {
  enum class Kind {
    kNeedMore,  // the input is used up
    kMessage,   // a whole message: text that is valid UTF-8, or binary
    kDeflated,  // a whole message as it came; `is_text` says what it shall be inflated
    kPing,
    kPong,
    kClose,  // `code` is the client's, kNoneSent if it gave none
    kError,  // the client broke the rules: close with `code`; the parser is of no more use
  };
  Kind kind = Kind::kNeedMore;
  // kMessage, kDeflated, kPing, kPong. Good until the next call. FrameParser::kTailBytes readable
  // bytes follow a message.
  std::string_view payload;
  CloseCode code = CloseCode::kNoneSent;
  bool is_text = false;
};

// An incremental parser of the client's half of RFC 6455, with no extension but compression:
// frames must be masked, control frames whole and short, text valid UTF-8 (found out as early as
// possible). Deflated messages are not inflated here; the limit holds for what came.
//
// Cost: a message that came in one piece is unmasked where it lies; others are gathered, and never
//       more memory is taken than bytes have come.
// Source: RFC 6455 §5, §7, §8.1; RFC 7692 §6.2.
class FrameParser {
 public:
  // So many readable bytes, of any value, must follow the input.
  static constexpr std::size_t kTailBytes = 64;

  explicit FrameParser(std::size_t max_message_bytes, Compression compression = Compression::kNone)
      : max_message_bytes_(max_message_bytes), compression_(compression) {}

  // Finds the next event in `input`, whose bytes it may change, and moves its start to what is
  // left. Call again until kNeedMore.
  FrameEvent Next(std::span<char>& input);

 private:
  enum class Progress { kNeedMore, kDone, kError };

  Progress ReadHeader(std::span<char>& input);
  std::size_t HeaderSize() const;
  bool AreFirstBytesGood();
  bool IsLengthGood();
  FrameEvent ReadData(std::span<char>& input);
  FrameEvent FinishGathered();
  FrameEvent MessageEvent(std::string_view payload) const;
  // Of what is not deflated.
  bool checks_utf8() const { return is_text_ && !is_deflated_; }
  FrameEvent ReadControl(std::span<char>& input);
  FrameEvent FinishClose(std::string_view payload);
  FrameEvent Fail(CloseCode code);
  std::string_view TakeUnmasked(std::span<char>& input);
  void EndFrame();
  bool is_control() const { return opcode_ >= Opcode::kClose; }

  const std::size_t max_message_bytes_;
  const Compression compression_;
  std::array<std::uint8_t, 14> header_{};
  std::uint8_t header_bytes_ = 0;  // of them read
  bool has_frame_ = false;         // a header is read, its payload is not
  bool is_final_ = false;
  bool is_fragmented_ = false;  // a message has begun in an earlier frame
  bool is_text_ = false;
  bool is_deflated_ = false;
  bool gave_message_ = false;  // the last event's payload is message_
  Opcode opcode_ = Opcode::kContinuation;
  CloseCode error_ = CloseCode::kNoneSent;
  Utf8Checker utf8_;
  std::uint8_t mask_phase_ = 0;  // which byte of mask_ is next
  std::array<std::uint8_t, 4> mask_{};
  std::uint64_t frame_left_ = 0;  // payload bytes still to come
  std::string message_;           // gathered data of a message that came in pieces
  std::string control_;           // gathered payload of a control frame
};

}  // namespace molva::transport
