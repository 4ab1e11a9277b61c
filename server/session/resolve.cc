#include "session/resolve.h"

#include "session/session.h"

namespace molva::session {

std::optional<model::ResolvedTopic> ResolveOrRefuse(Session& session, const model::Request& request,
                                                    const std::string& text) {
  using model::Fault;
  const absl::StatusOr<model::ResolvedTopic> resolved =
      session.env().names.Resolve(text, session.actor().user);
  if (!resolved.ok()) {
    session.Reply(request.id, text, model::FaultOf(resolved.status()));
    return std::nullopt;
  }
  const bool creates = resolved->form != model::ResolvedTopic::Form::kExisting;
  if (creates && !std::holds_alternative<model::Sub>(request.body)) {
    session.Reply(request.id, text, Fault::kTopicNotFound);
    return std::nullopt;
  }
  return *resolved;
}

}  // namespace molva::session
