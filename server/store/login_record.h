// A login of an account: what its tokens stand for, kept as a named value of the store.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/user_id.h"

namespace molva::store {

// Begins with a secret that is no token, ends when its user logs it out or when its last token
// expires. Tokens name it, and are good as long as it is there.
//
// Shape:  the value of LoginKey(user, id): three times in milliseconds, separated by spaces, then
//         user agent, platform and device id, each on a line of its own.
// Source: docs/protocol beyond §6.
struct LoginRecord {
  std::uint64_t id = 0;  // never zero
  absl::Time created;
  absl::Time seen;     // when it was last used, to the hour
  absl::Time expires;  // of the newest token
  std::string user_agent;
  std::string platform;
  std::string device_id;
};

// How many of its logins an account keeps; the one unused for longest goes first.
inline constexpr std::size_t kMostLogins = 64;

// What keys of the logins of `user` begin with.
std::string LoginPrefix(model::UserId user);
std::string LoginKey(model::UserId user, std::uint64_t id);
// As clients write an id: 11 characters.
std::string LoginText(std::uint64_t id);

// Control characters in texts become spaces, and long texts are cut.
std::string LoginValue(const LoginRecord& login);
// What becomes of a text by that: how a login has the id of its device.
std::string LoginLine(std::string_view text);
// nullopt for what LoginKey and LoginValue did not write.
std::optional<LoginRecord> ReadLogin(std::string_view key, std::string_view value);

}  // namespace molva::store
