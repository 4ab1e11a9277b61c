#include "transport/websocket/frame_writer.h"

#include "base/check.h"
#include "wire/json_encoder.h"

namespace molva::transport {
namespace {

constexpr std::size_t kShortest = 125;
constexpr std::size_t kMaxTwoByteLength = 0xFFFF;
// Most packets need the header with a two-byte length; the JSON is written behind room for it.
constexpr std::size_t kUsualHeaderBytes = 4;

std::string MakeHeader(Opcode opcode, std::size_t payload_bytes) {
  std::string header;
  header += static_cast<char>(0x80 | static_cast<unsigned>(opcode));
  int length_bytes = 0;
  if (payload_bytes <= kShortest) {
    header += static_cast<char>(payload_bytes);
  } else if (payload_bytes <= kMaxTwoByteLength) {
    header += static_cast<char>(126);
    length_bytes = 2;
  } else {
    header += static_cast<char>(127);
    length_bytes = 8;
  }
  for (int shift = 8 * (length_bytes - 1); shift >= 0; shift -= 8) {
    header += static_cast<char>((payload_bytes >> shift) & 0xFF);
  }
  return header;
}

}  // namespace

model::Frame EncodeWebSocketFrame(const model::Packet& packet) {
  model::Frame frame;
  frame.bytes.resize(kUsualHeaderBytes);
  wire::EncodeJson(packet, frame.bytes);
  const std::string header = MakeHeader(Opcode::kText, frame.bytes.size() - kUsualHeaderBytes);
  frame.bytes.replace(0, kUsualHeaderBytes, header);
  frame.bytes.shrink_to_fit();
  frame.payload_offset = static_cast<std::uint32_t>(header.size());
  return frame;
}

std::string MakeFrame(Opcode opcode, std::string_view payload) {
  MOLVA_CHECK(opcode < Opcode::kClose || payload.size() <= kShortest, "control frame too long");
  std::string frame = MakeHeader(opcode, payload.size());
  frame += payload;
  return frame;
}

std::string MakeDeflatedFrame(std::string_view payload) {
  constexpr unsigned kFirstReservedBit = 0x40;  // RFC 7692 §7.2.3.1
  std::string frame = MakeFrame(Opcode::kText, payload);
  frame[0] = static_cast<char>(static_cast<std::uint8_t>(frame[0]) | kFirstReservedBit);
  return frame;
}

std::string MakeCloseFrame(CloseCode code) {
  if (code == CloseCode::kNoneSent) return MakeFrame(Opcode::kClose, {});
  const auto number = static_cast<std::uint16_t>(code);
  const char payload[] = {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
  return MakeFrame(Opcode::kClose, {payload, sizeof payload});
}

}  // namespace molva::transport
