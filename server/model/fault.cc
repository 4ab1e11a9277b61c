#include "model/fault.h"

#include <fmt/core.h>

#include <optional>

#include "base/check.h"
#include "base/strings.h"

namespace molva::model {
namespace {

using Code = absl::StatusCode;

// Rows follow enum Fault. Source: docs/protocol messages §6.
constexpr FaultRow kRows[] = {
    {Fault::kOk, 200, "ok", Code::kOk},
    {Fault::kCreated, 201, "created", Code::kOk},
    {Fault::kAccepted, 202, "accepted", Code::kOk},
    {Fault::kNoContent, 204, "no content", Code::kOk},
    {Fault::kEvicted, 205, "evicted", Code::kOk},
    {Fault::kServerShutdown, 205, "server shutdown", Code::kOk},
    {Fault::kDelivered, 208, "delivered", Code::kOk},
    {Fault::kValidateCredentials, 300, "validate credentials", Code::kFailedPrecondition},
    {Fault::kChallenge, 300, "challenge", Code::kFailedPrecondition},
    {Fault::kAuthReset, 301, "auth reset", Code::kOk},
    {Fault::kUseOther, 303, "use other", Code::kFailedPrecondition},
    {Fault::kAlreadySubscribed, 304, "already subscribed", Code::kAlreadyExists},
    {Fault::kNotJoined, 304, "not joined", Code::kAlreadyExists},
    {Fault::kNoAction, 304, "no action", Code::kAlreadyExists},
    {Fault::kNotModified, 304, "not modified", Code::kAlreadyExists},
    {Fault::kMalformed, 400, "malformed", Code::kInvalidArgument},
    {Fault::kAuthenticationRequired, 401, "authentication required", Code::kUnauthenticated},
    {Fault::kAuthenticationFailed, 401, "authentication failed", Code::kUnauthenticated},
    {Fault::kUnknownScheme, 401, "unknown authentication scheme", Code::kUnauthenticated},
    {Fault::kPermissionDenied, 403, "permission denied", Code::kPermissionDenied},
    {Fault::kApiKeyRequired, 403, "valid API key required", Code::kPermissionDenied},
    {Fault::kSessionExpired, 403, "invalid or expired session", Code::kPermissionDenied},
    {Fault::kTopicNotFound, 404, "topic not found", Code::kNotFound},
    {Fault::kUserNotFound, 404, "user not found", Code::kNotFound},
    {Fault::kNotFound, 404, "not found", Code::kNotFound},
    {Fault::kOperationNotAllowed, 405, "operation or method not allowed", Code::kUnimplemented},
    {Fault::kInvalidResponse, 406, "invalid response", Code::kInvalidArgument},
    {Fault::kDisconnected, 408, "disconnected", Code::kCancelled},
    {Fault::kAlreadyAuthenticated, 409, "already authenticated", Code::kFailedPrecondition},
    {Fault::kDuplicateCredential, 409, "duplicate credential", Code::kAlreadyExists},
    {Fault::kMustAttachFirst, 409, "must attach first", Code::kFailedPrecondition},
    {Fault::kOutOfSequence, 409, "command out of sequence", Code::kFailedPrecondition},
    {Fault::kTooLarge, 413, "too large", Code::kInvalidArgument},
    {Fault::kPolicyViolation, 422, "policy violation", Code::kInvalidArgument},
    {Fault::kTooManyRequests, 429, "too many requests", Code::kResourceExhausted},
    {Fault::kBusyHere, 486, "busy here", Code::kFailedPrecondition},
    {Fault::kInternalError, 500, "internal error", Code::kInternal},
    {Fault::kNotImplemented, 501, "not implemented", Code::kUnimplemented},
    {Fault::kForeignChannel, 501, "channels of other servers are not implemented",
     Code::kUnimplemented},
    {Fault::kServiceUnavailable, 503, "service unavailable", Code::kUnavailable},
    {Fault::kLocked, 503, "locked", Code::kUnavailable},
    {Fault::kVersionNotSupported, 505, "version not supported", Code::kFailedPrecondition},
};

constexpr bool RowsFollowEnum() {
  for (std::size_t i = 0; i < std::size(kRows); ++i) {
    if (static_cast<std::size_t>(kRows[i].fault) != i) return false;
  }
  return std::size(kRows) == static_cast<std::size_t>(Fault::kVersionNotSupported) + 1;
}
static_assert(RowsFollowEnum());

constexpr char kPayloadUrl[] = "molva/fault";

}  // namespace

const FaultRow& RowOf(Fault fault) { return kRows[static_cast<std::size_t>(fault)]; }

absl::Status Fail(Fault fault, std::string_view detail) {
  const FaultRow& row = RowOf(fault);
  MOLVA_CHECK(row.status != Code::kOk, "Fail() with a success");
  absl::Status status(row.status, base::ToAbsl(detail));
  const char byte = static_cast<char>(fault);
  status.SetPayload(kPayloadUrl, absl::Cord(absl::string_view(&byte, 1)));
  return status;
}

Fault FaultOf(const absl::Status& status) {
  if (status.ok()) return Fault::kOk;
  if (const auto payload = status.GetPayload(kPayloadUrl); payload.has_value()) {
    return static_cast<Fault>(static_cast<unsigned char>(std::string(*payload)[0]));
  }
  switch (status.code()) {
    case Code::kInvalidArgument:
      return Fault::kMalformed;
    case Code::kUnauthenticated:
      return Fault::kAuthenticationFailed;
    case Code::kPermissionDenied:
      return Fault::kPermissionDenied;
    case Code::kNotFound:
      return Fault::kNotFound;
    case Code::kAlreadyExists:
      return Fault::kDuplicateCredential;
    case Code::kUnimplemented:
      return Fault::kNotImplemented;
    case Code::kUnavailable:
    case Code::kResourceExhausted:
    case Code::kDeadlineExceeded:
      return Fault::kServiceUnavailable;
    default:
      return Fault::kInternalError;
  }
}

}  // namespace molva::model
