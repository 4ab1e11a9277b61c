#include "transport/longpoll/sid.h"

#include "base/check.h"
#include "base/strings.h"

namespace molva::transport {
namespace {

constexpr std::size_t kWordChars = 11;

}  // namespace

Sid Sid::Make(int shard, base::Random& random) {
  MOLVA_CHECK(shard >= 0 && shard < kMostShards, "a sid has one byte for the shard");
  const std::uint64_t bits = random.Next64();
  return {bits - bits % kMostShards + static_cast<std::uint64_t>(shard), random.Next64()};
}

std::optional<Sid> Sid::Parse(std::string_view text) {
  if (text.size() != 2 * kWordChars) return std::nullopt;
  const auto first = base::DecodeId(text.substr(0, kWordChars));
  const auto second = base::DecodeId(text.substr(kWordChars));
  if (!first.has_value() || !second.has_value()) return std::nullopt;
  const Sid sid(*first, *second);
  // Several texts may decode to the same bits; one of them is the sid.
  if (sid.ToString() != text) return std::nullopt;
  return sid;
}

std::string Sid::ToString() const { return base::EncodeId(first_) + base::EncodeId(second_); }

}  // namespace molva::transport
