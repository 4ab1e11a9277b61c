// One way to prove who one is, as the server sees it. plugin::AuthPlugin is the implementation.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "auth/newcomers.h"
#include "model/request.h"
#include "runtime/call_gate.h"
#include "store/records.h"

namespace molva::auth {

// What a scheme does at all.
struct SchemeTraits {
  bool logs_in = false;
  bool creates = false;            // starts accounts
  bool changes = false;            // replaces secrets; without `keeps_records` it ignores them
  bool keeps_records = false;      // the store has a record per user
  bool issues = false;             // makes secrets for users who are known
  bool waits = false;              // for others, outside; who guesses is theirs to know
  bool changes_elsewhere = false;  // keeps no records here, and wants to hear of new secrets
  bool enrols = false;             // keeps no records here, and wants to hear of new accounts
  bool lets_go = false;            // wants to hear when accounts end
  bool is_second = false;          // asked for behind another scheme, of those who have a record
  bool replaces = false;           // logs in, and its record is made by Replace
  bool owns_tags = false;          // the tag namespace of its name is its own
};

// Tracks of a scheme's gate: calls that hang or work together.
enum class Track : std::uint8_t { kVerify, kParse, kMake, kIssue, kOther };

enum class Purpose : std::uint8_t { kLogin, kCreate, kChange };

// What the store shall keep of a new secret.
struct MadeSecret {
  std::string kept;
  model::AuthLevel level = model::AuthLevel::kNone;
};

// What a secret proved to a scheme: who it is, or that he is known to it and not yet to us; then
// `user` is Nobody.
struct Proof : Identity {
  std::optional<Newcomer> newcomer;
  // What the record must be from now on, before the proof counts; empty if it stays.
  std::string kept;
};

// What becomes of somebody's second factor, or of his record that Replace makes.
struct Replaced {
  std::string kept;               // empty: it ends
  std::vector<std::string> told;  // for its owner alone, once
};

// A judge of secrets without storage of its own.
//
// Thread: any, several at once; all but the first two and `namespaces` may take long, or never
//         return: whoever must not wait goes through gate().
// Shared: a call that does not return keeps its scheme.
// Errors: carry a Fault: kMalformed, kPolicyViolation, kAuthenticationFailed, kNotImplemented,
//         kServiceUnavailable, kInternalError. Of Verify also kChallenge (auth/challenge.h).
class Scheme : public std::enable_shared_from_this<Scheme> {
 public:
  virtual ~Scheme() = default;

  virtual std::string_view name() const = 0;
  virtual const SchemeTraits& traits() const = 0;
  // What calls from shards pass.
  virtual runtime::CallGate& gate() const = 0;

  // The unique name that `secret` is about; empty for schemes without records, and for kChange
  // when the user keeps the former name.
  virtual absl::StatusOr<std::string> Parse(Purpose purpose, std::string_view secret) const = 0;
  virtual absl::StatusOr<MadeSecret> Make(Purpose purpose, std::string_view secret) const = 0;
  // `record`: what the store has under the unique name; nullptr if nothing, and then the work is
  // the same as for a wrong secret.
  virtual absl::StatusOr<Proof> Verify(std::string_view secret, const store::AuthRecord* record,
                                       absl::Time now) const = 0;
  // The newcomer of `secret` has the account `user` now.
  virtual absl::Status Adopt(std::string_view secret, model::UserId user) const = 0;
  // For traits that say changes_elsewhere.
  virtual absl::Status Change(model::UserId user, std::string_view secret) const = 0;
  // For traits that say enrols: the account `user` is about to be made. Returns its tags.
  virtual absl::StatusOr<std::vector<std::string>> Enrol(std::string_view secret,
                                                         model::UserId user) const = 0;
  // For traits that say lets_go: the account `user` is about to end, if there is no error.
  // kOperationNotAllowed: the scheme wants it to stay.
  virtual absl::Status LetGo(model::UserId user) const = 0;
  // Whether what `record` keeps should be made anew from its secret, at today's cost.
  virtual bool IsStale(const store::AuthRecord& record) const = 0;
  virtual std::vector<std::string> TagsOf(std::string_view unique) const = 0;
  // Of tags that are its own, beside that of its name.
  virtual const std::vector<std::string>& namespaces() const = 0;
  virtual absl::StatusOr<Token> Issue(const Identity& identity, absl::Time now) const = 0;
  // For traits that say is_second or replaces; `record` is that of `user`, or nullptr.
  // Errors: also kDuplicateCredential if it has begun, kNotFound if it has not; kChallenge, of what
  //         replaces, if the user must answer first.
  virtual absl::StatusOr<Replaced> Replace(model::UserId user, std::string_view secret,
                                           const store::AuthRecord* record,
                                           absl::Time now) const = 0;
};

}  // namespace molva::auth
