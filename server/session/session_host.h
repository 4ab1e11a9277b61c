// Makes and ends the sessions of one shard.
#pragma once

#include "session/connection.h"
#include "session/session_env.h"

namespace molva::session {

// Thread: confined to its shard.
class SessionHost final : public ConnectionAcceptor {
 public:
  explicit SessionHost(const SessionEnv& env) : env_(env) {}

  std::unique_ptr<ConnectionHandler> Accept(Connection& connection, ConnectionInfo info) override;

  // Takes no more sessions and closes those there are with ctrl 205.
  void Shutdown();
  bool is_empty() const { return env_.router.sessions().size() == 0; }

 private:
  const SessionEnv& env_;
  bool is_shut_down_ = false;
};

}  // namespace molva::session
