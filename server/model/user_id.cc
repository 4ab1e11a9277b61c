#include "model/user_id.h"

#include "base/strings.h"

namespace molva::model {

absl::StatusOr<UserId> UserId::Parse(std::string_view text) {
  if (text.substr(0, 3) == "usr") {
    const std::optional<std::uint64_t> bits = base::DecodeId(text.substr(3));
    if (bits.has_value() && *bits != 0) return UserId(*bits);
  }
  return absl::InvalidArgumentError("not a user id");
}

std::string UserId::ToString() const { return "usr" + base::EncodeId(bits_); }

}  // namespace molva::model
