// Reads what walks need out of packets.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace molva::test {

// One packet of a server. Broken JSON reads as an empty packet.
class PacketReader {
 public:
  explicit PacketReader(const std::string& text) {
    is_good_ = parser_.parse(text).get(packet_) == simdjson::SUCCESS;
  }

  bool is_good() const { return is_good_; }
  // "" and 0 if there is no such member.
  std::string Text(std::string_view pointer) const {
    std::string_view text;
    const bool found = is_good_ && packet_.at_pointer(pointer).get(text) == simdjson::SUCCESS;
    return found ? std::string(text) : "";
  }
  int Number(std::string_view pointer) const {
    std::int64_t number = 0;
    const bool found = is_good_ && packet_.at_pointer(pointer).get(number) == simdjson::SUCCESS;
    return found ? static_cast<int>(number) : 0;
  }
  bool Has(std::string_view pointer) const {
    return is_good_ && packet_.at_pointer(pointer).error() == simdjson::SUCCESS;
  }

 private:
  simdjson::dom::parser parser_;
  simdjson::dom::element packet_;
  bool is_good_ = false;
};

}  // namespace molva::test
