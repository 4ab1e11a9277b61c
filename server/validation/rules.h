// What becomes of the credentials of an account: decisions alone, nothing is stored or sent.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/user_id.h"
#include "store/mutation.h"
#include "validation/validator_registry.h"

namespace molva::validation {

// How long a code is good for; wrong responses are forgotten as long after the last code.
inline constexpr absl::Duration kCodeLife = absl::Hours(24);

// What accounts may have, counting those that are hidden.
inline constexpr std::size_t kMostRows = 32;

// One contact, in the one way in which it is written.
struct Contact {
  std::string method;
  std::string value;

  friend bool operator==(const Contact&, const Contact&) = default;
};

using Rows = std::vector<store::CredentialRecord>;

// Rows that nothing can confirm any more are kept for the count of wrong responses: they are hidden
// from everybody. Who asks for the same contact again finds his count.
bool IsHidden(const store::CredentialRecord& row);

// A new code, whose sealed form is `response`, for `contact` of `user`. The other contact of this
// method that waits for a code is given up.
store::Batch PlanRequest(const Rows& rows, model::UserId user, const Contact& contact,
                         std::string response, absl::Time now);

// What an answer comes to.
struct Judgement {
  absl::Status status;  // kInvalidResponse, kPolicyViolation, kNotFound: with a Fault
  store::Batch batch;   // to be stored whatever the status
  std::optional<Contact> confirmed;
};

// Tells whether `response` answers the code that `row` keeps.
class Judge {
 public:
  virtual ~Judge() = default;
  virtual bool IsRight(const store::CredentialRecord& row, std::string_view response) const = 0;
};
Judgement PlanAnswer(const Rows& rows, std::string_view method, std::string_view response,
                     const Rules& rules, const Judge& judge, absl::Time now);

// Takes `contact` away. `is_required`: the account must have one of its method.
// Errors: kNoAction if there is none; kPolicyViolation for the last confirmed one of a required
//         method.
struct Removal {
  store::Batch batch;
  bool was_done = false;
};
enum class Need : bool { kNo, kYes };
absl::StatusOr<Removal> PlanRemoval(const Rows& rows, const Contact& contact, Need is_required,
                                    absl::Time now);

// The value in the store that says that this account began with contacts to be confirmed, and none
// is yet. Keys are in order of time.
inline constexpr char kUnvalidatedPrefix[] = "unvalidated/";
std::string UnvalidatedKey(model::UserId user, absl::Time created);

// Those of `required` of which nothing is confirmed.
std::vector<std::string> Missing(const Rows& rows, const std::vector<std::string>& required);

}  // namespace molva::validation
