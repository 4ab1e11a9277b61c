#include "session/account_doorkeeper.h"

#include <memory>
#include <utility>

#include "auth/login_throttle.h"
#include "base/strings.h"
#include "session/logins.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;

struct Inquiry {
  const SessionEnv& env;
  Doorkeeper::Known done;
  auth::Identity identity;
};
using InquiryPtr = std::shared_ptr<Inquiry>;  // held by the answer that is waited for

void CheckMissing(const InquiryPtr& inquiry) {
  inquiry->env.credentials.FindMissing(
      inquiry->identity.user, inquiry->identity.level,
      [inquiry](const absl::StatusOr<std::vector<std::string>>& missing) {
        if (!missing.ok()) return inquiry->done(missing.status());
        if (missing->empty()) return inquiry->done(inquiry->identity.user);
        inquiry->done(Fail(Fault::kValidateCredentials, "a contact is not confirmed"));
      });
}

void OnUser(const InquiryPtr& inquiry,
            const absl::StatusOr<std::optional<store::UserRecord>>& user) {
  if (!user.ok()) return inquiry->done(user.status());
  if (!user->has_value()) {
    return inquiry->done(Fail(Fault::kAuthenticationFailed, "the account is gone"));
  }
  if ((*user)->state != store::State::kOk) {
    return inquiry->done(Fail(Fault::kPermissionDenied, "the account is suspended"));
  }
  const bool needs_none =
      inquiry->env.credentials.registry().Required(inquiry->identity.level).empty();
  if (inquiry->identity.validated || needs_none) return inquiry->done(inquiry->identity.user);
  CheckMissing(inquiry);
}

void OnIdentity(const InquiryPtr& inquiry, const absl::StatusOr<auth::Identity>& identity) {
  if (!identity.ok()) {
    const bool is_unknown = model::FaultOf(identity.status()) == Fault::kUnknownScheme;
    return inquiry->done(is_unknown ? Fail(Fault::kMalformed, "no such scheme")
                                    : identity.status());
  }
  if (!identity->may_log_in) {
    return inquiry->done(Fail(Fault::kAuthenticationFailed, "the secret is for something else"));
  }
  inquiry->identity = *identity;
  CheckLogin(inquiry->env, *identity, [inquiry](const absl::Status& status) {
    if (!status.ok()) return inquiry->done(status);
    inquiry->env.router.store().FindUser(inquiry->identity.user,
                                         [inquiry](const auto& user) { OnUser(inquiry, user); });
  });
}

}  // namespace

void AccountDoorkeeper::Identify(Claim claim, Known done) const {
  const auto inquiry = std::make_shared<Inquiry>(Inquiry{env_, std::move(done), {}});
  env_.authenticator.Authenticate(
      base::AsciiLower(claim.scheme), std::move(claim.secret), std::move(claim.address),
      [inquiry](const absl::StatusOr<auth::Identity>& identity) { OnIdentity(inquiry, identity); });
}

std::string AccountDoorkeeper::OwnerOf(model::UserId user, std::string_view address) const {
  return user.is_nobody() ? std::string(auth::NetworkOf(address)) : user.ToString();
}

}  // namespace molva::session
