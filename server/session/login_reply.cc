#include "session/login_reply.h"

#include "auth/challenge.h"
#include "base/strings.h"
#include "base/time_text.h"
#include "session/devices.h"
#include "session/session.h"

namespace molva::session {
namespace {

model::JsonFields Describe(const Entry& entry) {
  std::string expires;
  base::AppendTime(expires, entry.token.expires);
  return {{"user", model::JsonText(entry.identity.user.ToString())},
          {"authlvl", model::JsonText(AuthLevelName(entry.identity.level))},
          {"token", model::JsonText(base::EncodeBase64(entry.token.secret))},
          {"expires", model::JsonText(expires)}};
}

}  // namespace

auth::Identity ProofOf(const auth::Identity& identity) {
  auth::Identity renewed = identity;
  renewed.validated = true;
  // A secret that does not log in must not be made to last by using it.
  if (identity.may_log_in) renewed.expires.reset();
  return renewed;
}

model::JsonFields Admit(Session& session, const Entry& entry) {
  if (entry.identity.may_log_in) {
    Session::State& state = session.state();
    state.phase = Session::Phase::kAuthenticated;
    state.user = entry.identity.user;
    state.level = entry.identity.level;
    RememberDevice(session);
  }
  return Describe(entry);
}

model::JsonFields DescribeChallenge(const absl::Status& status) {
  const std::optional<auth::Challenge> challenge = auth::ChallengeOf(status);
  if (!challenge.has_value()) return {};
  model::JsonFields params{{"challenge", model::JsonText(base::EncodeBase64(challenge->bytes))},
                           {"scheme", model::JsonText(challenge->scheme)}};
  if (challenge->wanted == auth::Challenge::Wanted::kEnrolment) {
    params.emplace_back("enrol", model::RawJson{"true"});
  }
  return params;
}

model::JsonFields AskForCredentials(const Entry& entry, const std::vector<std::string>& missing) {
  model::JsonFields params = Describe(entry);
  params.emplace_back("cred", model::JsonTextArray(missing));
  return params;
}

}  // namespace molva::session
