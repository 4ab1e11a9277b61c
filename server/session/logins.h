// Logins of accounts: they begin with a secret, tokens stand for them, and they can be ended.
#pragma once

#include <cstdint>
#include <vector>

#include "session/session_env.h"
#include "store/login_record.h"

namespace molva::session {

class Session;

// A login that stands, and a token for it.
struct Entry {
  auth::Identity identity;
  auth::Token token;
};

// Whether the login is still there that `identity` stands for; a secret that is no token stands for
// none, and for that the answer is yes.
// Errors: kAuthenticationFailed; kServiceUnavailable.
void CheckLogin(const SessionEnv& env, const auth::Identity& identity, store::Written done);

// Issues a token for `proof`. What is no token begins a login, of a token its own goes on; a secret
// that does not log in has none. When `done` is called, it is on the disk, unless
// that takes nothing: then the login lasts as long as the session.
//
// The session must wait for the answer; it belongs to the login from now on, so that it ends with
// it even before it has been let in. A session that has gone is not answered.
// Errors: as CheckLogin.
void EnterLogin(Session& session, const auth::Identity& proof, store::Done<Entry> done);

// Says, at most once an hour, that the session's login is used.
void TouchLogin(Session& session);

// The logins of `user` that have not expired, newest use first.
void ListLogins(const SessionEnv& env, model::UserId user,
                store::Done<std::vector<store::LoginRecord>> done);

// Ends `logins` of `user`. When it is on the disk, tokens for them are good no more, and their
// sessions, wherever they are, are told and closed.
void EndLogins(const SessionEnv& env, model::UserId user, std::vector<std::uint64_t> logins,
               store::Written done);

}  // namespace molva::session
