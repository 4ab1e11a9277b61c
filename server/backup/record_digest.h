// Tells whether two stores have the same records.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace molva::backup {

// A sum over hashes: the order of the records makes no difference, as stores sort texts each in
// their own way. It finds what was lost, doubled or changed by accident; it is no signature.
//
// Thread: its owner's. Cost: under 1 µs for a short record.
class RecordDigest {
 public:
  void Add(std::string_view record);
  std::uint64_t records() const { return records_; }
  std::uint64_t bytes() const { return bytes_; }
  // 64 hexadecimal digits.
  std::string ToText() const;

  friend bool operator==(const RecordDigest&, const RecordDigest&) = default;

 private:
  std::uint64_t records_ = 0;
  std::uint64_t bytes_ = 0;
  std::array<std::uint64_t, 4> sum_ = {};  // of SHA-256, in four parts
};

}  // namespace molva::backup
