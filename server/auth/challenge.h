// What a login is answered with that is not over: something more is to be proved.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <optional>
#include <string>

namespace molva::auth {

// The client goes on with `scheme` and a secret that answers `bytes`.
struct Challenge {
  enum class Wanted : std::uint8_t {
    kAnswer,
    kEnrolment,  // first the second factor must be set up: acc with `bytes` as the proof
  };
  std::string scheme;  // as clients call it
  std::string bytes;
  Wanted wanted = Wanted::kAnswer;
};

// The refusal kChallenge: whoever does not look for what is in it has not let anybody in.
absl::Status Challenged(const Challenge& challenge);
// nullopt if `status` is not of Challenged.
std::optional<Challenge> ChallengeOf(const absl::Status& status);

}  // namespace molva::auth
