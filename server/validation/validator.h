// One way to show that a contact is one's own. plugin::ValidatorPlugin is the implementation.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "model/raw_json.h"

namespace molva::validation {

enum class Reason : std::uint8_t {
  kConfirm,  // show that the contact is yours
  kReset,    // choose a new secret
};

// What is sent to a contact. Codes and tokens never reach the log.
struct Letter {
  Reason reason = Reason::kConfirm;
  std::string to;        // normalised
  std::string code;      // what the user answers
  std::string language;  // as the client says, "en-GB"; may be empty
  std::string token;     // of kConfirm: logs in, or only confirms; base64, for links
  std::string scheme;    // of kReset: whose secret is chosen anew
  std::string login;     // of kReset: the name of the account in that scheme
};

// Knows the form of a kind of contact, and how to write to one. Codes, tries and the store are the
// business of Credentials.
//
// Thread: any, several at once. Send may block: it is called on the pool.
// Errors: carry a Fault. Normalise: kMalformed, kPolicyViolation. Send: kServiceUnavailable (try
//         again later), kPolicyViolation (refused for good).
class Validator {
 public:
  virtual ~Validator() = default;
  virtual std::string_view method() const = 0;  // "email"
  // The one way in which this contact is written. Takes microseconds. `params`: what the client
  // sent along, as {"countryCode":"GB"}.
  virtual absl::StatusOr<std::string> Normalise(std::string_view value,
                                                const model::RawJson& params) const = 0;
  virtual absl::Status Send(const Letter& letter) const = 0;
};

}  // namespace molva::validation
