// The closed catalogue of replies: every code and text a client can see in a ctrl, in one table.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <string_view>

namespace molva::model {

// Every way a request can be answered. Source: docs/protocol messages §6.
enum class Fault : std::uint8_t {
  kOk,
  kCreated,
  kAccepted,
  kNoContent,
  kEvicted,
  kServerShutdown,
  kDelivered,
  kValidateCredentials,
  kChallenge,
  kAuthReset,
  kUseOther,
  kAlreadySubscribed,
  kNotJoined,
  kNoAction,
  kNotModified,
  kMalformed,
  kAuthenticationRequired,
  kAuthenticationFailed,
  kUnknownScheme,
  kPermissionDenied,
  kApiKeyRequired,
  kSessionExpired,
  kTopicNotFound,
  kUserNotFound,
  kNotFound,
  kOperationNotAllowed,
  kInvalidResponse,
  kDisconnected,
  kAlreadyAuthenticated,
  kDuplicateCredential,
  kMustAttachFirst,
  kOutOfSequence,
  kTooLarge,
  kPolicyViolation,
  kTooManyRequests,
  kBusyHere,
  kInternalError,
  kNotImplemented,
  kForeignChannel,
  kServiceUnavailable,
  kLocked,
  kVersionNotSupported,
};

// One row of the catalogue. `text` goes to the client byte for byte: changing it changes the
// protocol.
struct FaultRow {
  Fault fault;
  int code;
  std::string_view text;
  absl::StatusCode status;
};

const FaultRow& RowOf(Fault fault);

// A refusal: an absl::Status that carries `fault` for the client and `detail` for the log.
// `detail`: lower case, no full stop, names value and limit, never a secret.
absl::Status Fail(Fault fault, std::string_view detail);

// The fault that `status` carries, or the nearest one for a status that Fail() did not make
// (kUnavailable: 503; anything unknown: 500). kOk for an OK status.
Fault FaultOf(const absl::Status& status);

}  // namespace molva::model
