// What is kept of somebody's second factor, and what of it has been used up.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "keys.h"

namespace molva::auth_totp {

inline constexpr std::size_t kRecoveryCodes = 10;

// A plain value: what takes a code from it says so by changing it, and the host keeps the changed
// one before it lets anybody in.
//
// Shape: "totp1", the sealed secret, the last step used, hashes of recovery codes, and nonces of
//        used tickets with their ends, separated by blanks; an empty list is "-".
class SecondFactor {
 public:
  // A ticket that was used, as long as it would be good.
  struct Used {
    std::uint64_t nonce = 0;
    std::int64_t expires = 0;
  };

  SecondFactor(std::uint64_t user, std::string secret) : user_(user), secret_(std::move(secret)) {}
  // nullopt for what Write did not write, with these keys and for this user.
  static std::optional<SecondFactor> Read(const Keys& keys, std::uint64_t user,
                                          std::string_view text);
  std::string Write(const Keys& keys) const;

  // Takes `code`, of the clock or a recovery code, which is good no more from now on. False if it
  // is not good; then nothing has changed.
  bool Take(const Keys& keys, std::string_view code, std::int64_t now_millis);
  // Takes a ticket. False if it was taken before, or too many have been.
  bool TakeTicket(std::uint64_t nonce, std::int64_t expires, std::int64_t now_millis);
  // New recovery codes; the former ones are good no more.
  std::vector<std::string> MakeRecoveryCodes(const Keys& keys);

 private:
  std::uint64_t user_;
  std::string secret_;
  std::int64_t last_step_ = 0;
  std::vector<std::string> recovery_;  // hashes
  std::vector<Used> used_;
};

}  // namespace molva::auth_totp
