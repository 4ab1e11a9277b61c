// What the operator of a node does with accounts.
#pragma once

#include <functional>
#include <string>

#include "session/session_env.h"

namespace molva::session {

// An account as the operator sees it.
struct AccountState {
  model::UserId user;
  store::State state = store::State::kOk;
  model::AuthLevel level = model::AuthLevel::kNone;  // the highest of its auth records
};

enum class AccountAction : std::uint8_t { kShow, kPromote, kDemote, kSuspend, kRestore, kEnd };

// Done is called once, on the shard of `env` or of the account.
using AccountDone = std::function<void(const absl::StatusOr<AccountState>&)>;

// Carries out `action` on the account that logs in as `login` with scheme "basic", or of that user
// id. Promoting makes the account root at its next login; demoting and suspending end its sessions
// at once; ending is hard.
//
// Thread:  the shard of `env`, which outlives what is under way.
// Errors:  carry a Fault: kUserNotFound, kNotModified if it is so already, kPolicyViolation to
//          promote an account without a password, kServiceUnavailable.
void DoToAccount(const SessionEnv& env, AccountAction action, const std::string& login,
                 AccountDone done);

}  // namespace molva::session
