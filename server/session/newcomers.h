// Makes the accounts of people whom an auth scheme brings.
#pragma once

#include "auth/newcomers.h"
#include "session/session_env.h"

namespace molva::session {

// Thread:  the shard's.
// Borrows: the environment.
class NewcomerDesk final : public auth::Newcomers {
 public:
  explicit NewcomerDesk(const SessionEnv& env) : env_(env) {}

  void Begin(const auth::Newcomer& newcomer, store::Done<model::UserId> done) override;
  void Undo(model::UserId user) override;

 private:
  const SessionEnv& env_;
};

}  // namespace molva::session
