// Who is there? Login, new accounts and new secrets through the configured auth schemes.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/request.h"
#include "model/user_id.h"
#include "store/mutation.h"
#include "store/store.h"

namespace molva::auth {

// What a secret proved.
struct Identity {
  model::UserId user;
  model::AuthLevel level = model::AuthLevel::kNone;
  bool may_log_in = true;  // false for one-off secrets
  bool validated = false;  // credentials need not be asked for again
  // Of a token: the login that it stands for (store::LoginRecord). Zero for other secrets.
  std::uint64_t login = 0;
  // Of a token: until when. To issue one: no longer than that; nullopt for as long as is usual.
  std::optional<absl::Time> expires = std::nullopt;
};

// A scheme's part of a new account, checked but not yet stored.
struct NewAuth {
  store::AuthRecord record;   // `user` is left Nobody for the caller; put it with kAbsent
  bool stores_record = true;  // false: the scheme keeps nothing (anonymous)
  model::AuthLevel level = model::AuthLevel::kAuth;
  std::vector<std::string> tags;  // "basic:alice", if the scheme adds tags
  bool logs_in = true;            // false: a second factor must be set up before the first login
};

struct Token {
  std::string secret;  // raw bytes
  absl::Time expires;
};

// The auth schemes of the node behind one door. Each shard has an object of its own, over schemes
// that all share.
//
// Thread:  call on its shard; `done` comes back to that shard, never inside the call. Slow work
//          (argon2id) runs on the work pool; a full pool is kServiceUnavailable.
// Errors:  carry a Fault: kUnknownScheme (login) or kMalformed (create) for no such scheme,
//          kAuthenticationFailed, kMalformed (shape of the secret), kPolicyViolation (too short,
//          forbidden characters), kDuplicateCredential (login taken), kNotImplemented,
//          kServiceUnavailable; kChallenge if more is to be proved (auth/challenge.h). An unknown
//          login takes as long as a wrong password.
// Source:  docs/protocol behaviour §5 and §15.
class Authenticator {
 public:
  virtual ~Authenticator() = default;

  // Checks `secret`, which came from `address`. Does not look at the state of the account: the
  // caller does. kPolicyViolation: too many attempts have failed, nothing was checked.
  virtual void Authenticate(std::string scheme, std::string secret, std::string address,
                            store::Done<Identity> done) = 0;
  // Checks that `secret` may start a new account and hashes it.
  virtual void PrepareNew(std::string scheme, std::string secret, store::Done<NewAuth> done) = 0;
  // The account `user`, which PrepareNew has accepted, is made next: tells the scheme, if that
  // keeps its records elsewhere. Returns tags that the account gets. If it is not made after all,
  // PrepareEnd must follow.
  virtual void Enrol(std::string scheme, std::string secret, model::UserId user,
                     store::Done<std::vector<std::string>> done) = 0;
  // A new secret for `user`: returns the mutations (and new tags) that make it so.
  struct Change {
    store::Batch batch;
    std::vector<std::string> tags;  // replace the scheme's former tags
    std::vector<std::string> former_tags;
    std::vector<std::string> told;  // to the user alone, once it is written: recovery codes
    std::string told_as = "codes";  // what clients call that
  };
  virtual void PrepareChange(std::string scheme, std::string secret, model::UserId user,
                             store::Done<Change> done) = 0;
  // What the store keeps of `user` for the schemes that are offered: all of it goes when the
  // account ends, and the level of each says what he may do.
  virtual void FindRecords(model::UserId user,
                           store::Done<std::vector<store::AuthRecord>> done) = 0;
  // The same when the account is about to end, once the schemes that keep records elsewhere have
  // let go of it. kOperationNotAllowed: one of them wants it to stay.
  virtual void PrepareEnd(model::UserId user, store::Done<std::vector<store::AuthRecord>> done) = 0;
  // A token that proves `identity` again, until the usual time or `identity.expires`.
  virtual void IssueToken(const Identity& identity, store::Done<Token> done) = 0;
  // The scheme that clients call `name`, if it is offered and keeps a record per user: the name in
  // those records.
  virtual std::optional<std::string> RecordScheme(std::string_view name) const = 0;
  // The tag namespaces that only schemes may write ("basic").
  virtual std::vector<std::string> ReservedTagNamespaces() const = 0;
};

}  // namespace molva::auth
