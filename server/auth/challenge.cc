#include "auth/challenge.h"

#include <absl/strings/cord.h>

#include "model/fault.h"

namespace molva::auth {
namespace {

constexpr char kSchemeUrl[] = "molva/challenge/scheme";
constexpr char kBytesUrl[] = "molva/challenge/bytes";
constexpr char kEnrolmentUrl[] = "molva/challenge/enrolment";

}  // namespace

absl::Status Challenged(const Challenge& challenge) {
  absl::Status status = model::Fail(model::Fault::kChallenge, "more is to be proved");
  status.SetPayload(kSchemeUrl, absl::Cord(challenge.scheme));
  status.SetPayload(kBytesUrl, absl::Cord(challenge.bytes));
  if (challenge.wanted == Challenge::Wanted::kEnrolment) {
    status.SetPayload(kEnrolmentUrl, absl::Cord("yes"));
  }
  return status;
}

std::optional<Challenge> ChallengeOf(const absl::Status& status) {
  const auto scheme = status.GetPayload(kSchemeUrl);
  const auto bytes = status.GetPayload(kBytesUrl);
  if (!scheme.has_value() || !bytes.has_value()) return std::nullopt;
  const bool must_enrol = status.GetPayload(kEnrolmentUrl).has_value();
  return Challenge{std::string(*scheme), std::string(*bytes),
                   must_enrol ? Challenge::Wanted::kEnrolment : Challenge::Wanted::kAnswer};
}

}  // namespace molva::auth
