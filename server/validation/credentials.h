// The contacts of accounts: what is required, letters with codes, and what answers them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/login_throttle.h"
#include "runtime/shard.h"
#include "store/store.h"
#include "validation/code_sealer.h"
#include "validation/postman.h"
#include "validation/rules.h"
#include "validation/validator_registry.h"

namespace molva::validation {

// What the shards of a node share. Borrows all of it.
struct SharedParts {
  const ValidatorRegistry& registry;
  const CodeSealer& sealer;
  auth::LoginThrottle& letters;  // one "failure" per letter to a contact
  auth::LoginThrottle& guesses;  // wrong codes, by the address they came from
  runtime::WorkPool& pool;
};

// Whose letter it is decides what its token is good for.
enum class Occasion : std::uint8_t {
  kNewAccount,  // the token logs in; with the code that completes the registration
  kLater,       // the token only says who it is
};

// A code that has been made: what is stored of it, and what is sent once that is stored.
struct LetterRequest {
  store::Batch batch;
  std::string method;
  Letter letter;
  std::optional<auth::Identity> bearer;  // whom the letter is to get a token for
};

// The credentials of one shard. Changes to the rows of an account are for its `me` topic alone,
// which takes them one at a time; what reads may be called from everywhere.
//
// Thread:  confined to `shard`; `done` comes back to it, never inside the call.
// Borrows: everything. Answers that come after it has gone are dropped.
// Errors:  carry a Fault.
// Source:  docs/protocol behaviour §13.
class Credentials {
 public:
  Credentials(runtime::Shard& shard, store::Store& store, auth::Authenticator& authenticator,
              const SharedParts& shared);

  const ValidatorRegistry& registry() const { return shared_.registry; }
  const SharedParts& shared() const { return shared_; }

  // The contact that a client names. `language`: says the country where `params` do not.
  // Errors: kNotImplemented for a method that is not there or off; those of the validator.
  absl::StatusOr<Contact> Normalise(const model::Credential& credential,
                                    const std::string& language) const;
  // Whether nobody has confirmed any of `contacts`.
  // Errors: kDuplicateCredential; those of the store.
  void CheckFree(std::vector<Contact> contacts, store::Written done);
  // A new code for `contact`, which Normalise made. `rows`: what the account has.
  // Errors: kPolicyViolation: too many letters to this contact, or too many contacts.
  absl::StatusOr<LetterRequest> Prepare(const Rows& rows, model::UserId user,
                                        const Contact& contact, const std::string& language,
                                        Occasion occasion);
  // Brings it on its way, with its token if that can be had.
  // Errors: kServiceUnavailable: too many letters wait.
  void Send(LetterRequest request, store::Written done);
  // What `response` to the code of `method` comes to.
  Judgement Answer(const Rows& rows, const std::string& method, const std::string& response) const;
  // Which required methods the account still lacks.
  void FindMissing(model::UserId user, model::AuthLevel level,
                   store::Done<std::vector<std::string>> done);
  // The tag of a confirmed contact; empty if its method adds none.
  std::string TagOf(const Contact& contact) const;

 private:
  struct Alive {};

  auth::Identity BearerOf(model::UserId user, Occasion occasion) const;
  absl::Status Post(const std::string& method, Letter letter);

  runtime::Shard& shard_;
  store::Store& store_;
  auth::Authenticator& authenticator_;
  const SharedParts shared_;
  Postman postman_;
  const std::shared_ptr<Alive> alive_;  // watched by callbacks
};

}  // namespace molva::validation
