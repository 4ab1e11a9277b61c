// One way to prove who one is, as the server sees it. plugin::AuthPlugin is the implementation.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "auth/authenticator.h"
#include "model/request.h"
#include "store/records.h"

namespace molva::auth {

// What a scheme does at all.
struct SchemeTraits {
  bool logs_in = false;
  bool creates = false;        // starts accounts
  bool changes = false;        // replaces secrets; without `keeps_records` it ignores them
  bool keeps_records = false;  // the store has a record per user
  bool issues = false;         // makes secrets for users who are known
  bool is_quick = false;       // Verify and Make take microseconds: no pool needed
  bool owns_tags = false;      // the tag namespace of its name is its own
};

enum class Purpose : std::uint8_t { kLogin, kCreate, kChange };

// What the store shall keep of a new secret.
struct MadeSecret {
  std::string kept;
  model::AuthLevel level = model::AuthLevel::kNone;
};

// A judge of secrets without storage of its own.
//
// Thread: any, several at once. Verify and Make may take long unless traits say is_quick.
// Errors: carry a Fault: kMalformed, kPolicyViolation, kAuthenticationFailed, kNotImplemented,
//         kServiceUnavailable, kInternalError.
class Scheme {
 public:
  virtual ~Scheme() = default;

  virtual std::string_view name() const = 0;
  virtual const SchemeTraits& traits() const = 0;

  // The unique name that `secret` is about; empty for schemes without records, and for kChange
  // when the user keeps the former name.
  virtual absl::StatusOr<std::string> Parse(Purpose purpose, std::string_view secret) const = 0;
  virtual absl::StatusOr<MadeSecret> Make(Purpose purpose, std::string_view secret) const = 0;
  // `record`: what the store has under the unique name; nullptr if nothing, and then the work is
  // the same as for a wrong secret.
  virtual absl::StatusOr<Identity> Verify(std::string_view secret, const store::AuthRecord* record,
                                          absl::Time now) const = 0;
  virtual std::vector<std::string> TagsOf(std::string_view unique) const = 0;
  virtual absl::StatusOr<Token> Issue(const Identity& identity, absl::Time now) const = 0;
};

}  // namespace molva::auth
