#include "backup/record_digest.h"

#include <fmt/format.h>
#include <openssl/sha.h>

#include <cstring>

namespace molva::backup {

void RecordDigest::Add(std::string_view record) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> hash{};
  SHA256(reinterpret_cast<const unsigned char*>(record.data()), record.size(), hash.data());
  std::array<std::uint64_t, 4> parts{};
  static_assert(sizeof parts == SHA256_DIGEST_LENGTH);
  std::memcpy(parts.data(), hash.data(), sizeof parts);
  for (std::size_t i = 0; i < parts.size(); ++i) sum_[i] += parts[i];
  ++records_;
  bytes_ += record.size();
}

std::string RecordDigest::ToText() const {
  return fmt::format("{:016x}{:016x}{:016x}{:016x}", sum_[0], sum_[1], sum_[2], sum_[3]);
}

}  // namespace molva::backup
