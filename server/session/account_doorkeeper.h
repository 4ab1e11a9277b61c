// Knows those who ask outside of a session by their accounts.
#pragma once

#include <string>
#include <string_view>

#include "session/doorkeeper.h"
#include "session/session_env.h"

namespace molva::session {

// Thread:  the shard's.
// Borrows: the environment.
class AccountDoorkeeper final : public Doorkeeper {
 public:
  explicit AccountDoorkeeper(const SessionEnv& env) : env_(env) {}

  void Identify(Claim claim, Known done) const override;
  std::string OwnerOf(model::UserId user, std::string_view address) const override;

 private:
  const SessionEnv& env_;
};

}  // namespace molva::session
