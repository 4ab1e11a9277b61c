#include "session/dispatcher.h"

#include "session/handlers/handlers.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fault;
using model::Request;

template <typename Body>
bool Is(const Request& request) {
  return std::holds_alternative<Body>(request.body);
}

// Who may act for others, and how. kOk: as oneself.
Fault CheckExtra(const Session::State& state, const Request& request) {
  if (!request.extra.has_value()) return Fault::kOk;
  const model::Extra& extra = *request.extra;
  if (extra.on_behalf_of.empty() && extra.auth_level == model::AuthLevel::kNone) return Fault::kOk;
  if (state.level != model::AuthLevel::kRoot) return Fault::kPermissionDenied;
  if (!model::UserId::Parse(extra.on_behalf_of).ok()) return Fault::kMalformed;
  return Fault::kNotImplemented;
}

// Whether the session has come far enough for this request.
Fault CheckPhase(const Session::State& state, const Request& request) {
  if (Is<model::Hi>(request)) return Fault::kOk;
  if (state.phase == Session::Phase::kFresh) return Fault::kOutOfSequence;
  if (Is<model::Login>(request) || Is<model::Acc>(request)) return Fault::kOk;
  return state.phase == Session::Phase::kAuthenticated ? Fault::kOk
                                                       : Fault::kAuthenticationRequired;
}

void Route(Session& session, Request request) {
  std::visit(
      [&](auto& body) {
        using Body = std::decay_t<decltype(body)>;
        if constexpr (std::is_same_v<Body, std::monostate>) {
          session.Reply("", "", Fault::kMalformed);
        } else {
          Handle(session, request, std::move(body));
        }
      },
      request.body);
}

}  // namespace

void Dispatch(Session& session, absl::StatusOr<Request> decoded) {
  if (!decoded.ok()) return session.Reply("", "", Fault::kMalformed);
  Request& request = *decoded;
  const Session::State& state = session.state();
  if (const Fault extra = CheckExtra(state, request); extra != Fault::kOk) {
    return session.Reply("", "", extra);
  }
  if (Is<std::monostate>(request)) return session.Reply("", "", Fault::kMalformed);
  if (const Fault phase = CheckPhase(state, request); phase != Fault::kOk) {
    if (Is<model::Note>(request)) return;  // notes are never answered
    const bool early = phase == Fault::kOutOfSequence;
    return session.Reply(request.id, early ? "" : std::string(TopicOf(request)), phase);
  }
  Route(session, std::move(request));
}

}  // namespace molva::session
