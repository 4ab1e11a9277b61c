#include "session/login_reply.h"

#include "base/status_macros.h"
#include "base/strings.h"
#include "base/time_text.h"
#include "session/session.h"

namespace molva::session {

absl::StatusOr<model::JsonFields> Authenticate(Session& session, const auth::Identity& identity) {
  auth::Identity renewed = identity;
  renewed.validated = true;  // no credentials are asked for yet
  MOLVA_ASSIGN_OR_RETURN(const auth::Token token, session.env().authenticator.IssueToken(renewed));
  if (identity.may_log_in) {
    Session::State& state = session.state();
    state.phase = Session::Phase::kAuthenticated;
    state.user = identity.user;
    state.level = identity.level;
  }
  std::string expires;
  base::AppendTime(expires, token.expires);
  return model::JsonFields{{"user", model::JsonText(identity.user.ToString())},
                           {"authlvl", model::JsonText(AuthLevelName(identity.level))},
                           {"token", model::JsonText(base::EncodeBase64(token.secret))},
                           {"expires", model::JsonText(expires)}};
}

}  // namespace molva::session
