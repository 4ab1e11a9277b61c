#include "session/dispatcher.h"

#include "session/handlers/handlers.h"
#include "session/logins.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fault;
using model::Request;

template <typename Body>
bool Is(const Request& request) {
  return std::holds_alternative<Body>(request.body);
}

// As whom the request is made. Only root may act for others, and only for users of this server.
absl::StatusOr<Session::Actor> ActorOf(const Session::State& state, const Request& request) {
  const Session::Actor self{state.user, state.level};
  if (!request.extra.has_value()) return self;
  const model::Extra& extra = *request.extra;
  if (extra.on_behalf_of.empty() && extra.auth_level == model::AuthLevel::kNone) return self;
  if (state.level != model::AuthLevel::kRoot) {
    return model::Fail(Fault::kPermissionDenied, "only root acts for others");
  }
  const absl::StatusOr<model::UserId> user = model::UserId::Parse(extra.on_behalf_of);
  if (!user.ok()) return model::Fail(Fault::kMalformed, "not a user to act for");
  const bool is_given = extra.auth_level != model::AuthLevel::kNone;
  return Session::Actor{*user, is_given ? extra.auth_level : model::AuthLevel::kAuth};
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
  const absl::Duration wait =
      session.env().traffic.AdmitRequest(state.remote_address, session.now());
  if (wait > absl::ZeroDuration()) {
    if (Is<model::Note>(request)) return;
    return session.ReplyTooMany(request.id, std::string(TopicOf(request)), wait);
  }
  RequestFilter* const filter = session.env().filter;
  if (filter != nullptr && filter->Wants(request)) {
    return session.AwaitVerdict(*filter, std::move(request));
  }
  Proceed(session, std::move(request));
}

void Proceed(Session& session, Request request) {
  const Session::State& state = session.state();
  const absl::StatusOr<Session::Actor> actor = ActorOf(state, request);
  if (!actor.ok()) return session.Reply("", "", model::FaultOf(actor.status()));
  session.ActAs(*actor);
  if (Is<std::monostate>(request)) return session.Reply("", "", Fault::kMalformed);
  if (const Fault phase = CheckPhase(state, request); phase != Fault::kOk) {
    if (Is<model::Note>(request)) return;  // notes are never answered
    const bool early = phase == Fault::kOutOfSequence;
    return session.Reply(request.id, early ? "" : std::string(TopicOf(request)), phase);
  }
  if (state.phase == Session::Phase::kAuthenticated) TouchLogin(session);
  Route(session, std::move(request));
}

}  // namespace molva::session
