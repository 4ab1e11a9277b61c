// A new account: from the request to the records that make it.
#pragma once

#include <absl/status/statusor.h>

#include "auth/authenticator.h"
#include "model/request.h"
#include "session/session_env.h"
#include "store/mutation.h"

namespace molva::session {

struct NewAccount {
  store::UserRecord user;
  model::RawJson private_note;
  model::AuthLevel level = model::AuthLevel::kAuth;
};

// Errors: kPermissionDenied for a tag that only auth schemes may set.
absl::StatusOr<NewAccount> MakeAccount(const model::Acc& acc, const auth::NewAuth& prepared,
                                       model::UserId id, absl::Time now, const SessionEnv& env);
// One transaction: the user, the secret, and the subscriptions to me and fnd.
store::Batch BatchFor(const NewAccount& account, const auth::NewAuth& prepared);
// `params.desc` of the reply.
model::RawJson DescribeAccount(const NewAccount& account);

}  // namespace molva::session
