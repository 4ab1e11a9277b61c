#include "session/session_host.h"

#include "session/session.h"

namespace molva::session {

std::unique_ptr<ConnectionHandler> SessionHost::Accept(Connection& connection,
                                                       ConnectionInfo info) {
  const bool full = env_.router.sessions().size() >= env_.limits.max_sessions_per_shard;
  if (is_shut_down_ || full) return nullptr;
  auto session = std::make_unique<Session>(connection, env_, info.transport);
  session->state().remote_address = std::move(info.remote_address);
  return session;
}

void SessionHost::Shutdown() {
  is_shut_down_ = true;
  env_.router.sessions().ForEach(
      [](router::SessionSink& sink) { static_cast<Session&>(sink).Shutdown(); });
}

}  // namespace molva::session
