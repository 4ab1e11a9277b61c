#include "model/fault.h"

#include "model/packet.h"
#include "tests/support/catch.h"

namespace molva::model {
namespace {

struct Row {
  Fault fault;
  int code;
  const char* text;
};

// The texts go to clients byte for byte; some compare them. Source: docs/protocol messages §6.
constexpr Row kCatalogue[] = {
    {Fault::kOk, 200, "ok"},
    {Fault::kCreated, 201, "created"},
    {Fault::kAccepted, 202, "accepted"},
    {Fault::kNoContent, 204, "no content"},
    {Fault::kEvicted, 205, "evicted"},
    {Fault::kServerShutdown, 205, "server shutdown"},
    {Fault::kDelivered, 208, "delivered"},
    {Fault::kValidateCredentials, 300, "validate credentials"},
    {Fault::kChallenge, 300, "challenge"},
    {Fault::kAuthReset, 301, "auth reset"},
    {Fault::kUseOther, 303, "use other"},
    {Fault::kAlreadySubscribed, 304, "already subscribed"},
    {Fault::kNotJoined, 304, "not joined"},
    {Fault::kNoAction, 304, "no action"},
    {Fault::kNotModified, 304, "not modified"},
    {Fault::kMalformed, 400, "malformed"},
    {Fault::kAuthenticationRequired, 401, "authentication required"},
    {Fault::kAuthenticationFailed, 401, "authentication failed"},
    {Fault::kUnknownScheme, 401, "unknown authentication scheme"},
    {Fault::kPermissionDenied, 403, "permission denied"},
    {Fault::kApiKeyRequired, 403, "valid API key required"},
    {Fault::kSessionExpired, 403, "invalid or expired session"},
    {Fault::kTopicNotFound, 404, "topic not found"},
    {Fault::kUserNotFound, 404, "user not found"},
    {Fault::kNotFound, 404, "not found"},
    {Fault::kOperationNotAllowed, 405, "operation or method not allowed"},
    {Fault::kInvalidResponse, 406, "invalid response"},
    {Fault::kDisconnected, 408, "disconnected"},
    {Fault::kAlreadyAuthenticated, 409, "already authenticated"},
    {Fault::kDuplicateCredential, 409, "duplicate credential"},
    {Fault::kMustAttachFirst, 409, "must attach first"},
    {Fault::kOutOfSequence, 409, "command out of sequence"},
    {Fault::kTooLarge, 413, "too large"},
    {Fault::kPolicyViolation, 422, "policy violation"},
    {Fault::kTooManyRequests, 429, "too many requests"},
    {Fault::kBusyHere, 486, "busy here"},
    {Fault::kInternalError, 500, "internal error"},
    {Fault::kNotImplemented, 501, "not implemented"},
    {Fault::kForeignChannel, 501, "channels of other servers are not implemented"},
    {Fault::kServiceUnavailable, 503, "service unavailable"},
    {Fault::kLocked, 503, "locked"},
    {Fault::kVersionNotSupported, 505, "version not supported"},
};
static_assert(std::size(kCatalogue) == static_cast<std::size_t>(Fault::kVersionNotSupported) + 1);

TEST_CASE("each reply has the code and the text of the protocol", "[fault]") {
  for (const Row& row : kCatalogue) {
    CAPTURE(row.text);
    CHECK(RowOf(row.fault).fault == row.fault);
    CHECK(RowOf(row.fault).code == row.code);
    CHECK(RowOf(row.fault).text == row.text);
    const Ctrl ctrl = MakeCtrl(row.fault, "1", "grp", absl::UnixEpoch());
    CHECK(ctrl.code == row.code);
    CHECK(ctrl.text == row.text);
  }
}

TEST_CASE("a refusal carries its fault and keeps the detail for the log", "[fault]") {
  int refusals = 0;
  for (const Row& row : kCatalogue) {
    if (RowOf(row.fault).status == absl::StatusCode::kOk) continue;
    CAPTURE(row.text);
    const absl::Status status = Fail(row.fault, "detail");
    CHECK(status.code() == RowOf(row.fault).status);
    CHECK(status.message() == "detail");
    CHECK(FaultOf(status) == row.fault);
    CHECK(FaultOf(absl::Status(status)) == row.fault);
    ++refusals;
  }
  CHECK(refusals == 34);
}

TEST_CASE("what is refused is never an answer below 300", "[fault]") {
  for (const Row& row : kCatalogue) {
    if (row.code < 300) CHECK(RowOf(row.fault).status == absl::StatusCode::kOk);
    if (row.code >= 400) CHECK(RowOf(row.fault).status != absl::StatusCode::kOk);
  }
}

TEST_CASE("a foreign status becomes the nearest fault", "[fault]") {
  CHECK(FaultOf(absl::OkStatus()) == Fault::kOk);
  const std::pair<absl::StatusCode, Fault> table[] = {
      {absl::StatusCode::kInvalidArgument, Fault::kMalformed},
      {absl::StatusCode::kUnauthenticated, Fault::kAuthenticationFailed},
      {absl::StatusCode::kPermissionDenied, Fault::kPermissionDenied},
      {absl::StatusCode::kNotFound, Fault::kNotFound},
      {absl::StatusCode::kAlreadyExists, Fault::kDuplicateCredential},
      {absl::StatusCode::kUnimplemented, Fault::kNotImplemented},
      {absl::StatusCode::kUnavailable, Fault::kServiceUnavailable},
      {absl::StatusCode::kResourceExhausted, Fault::kServiceUnavailable},
      {absl::StatusCode::kDeadlineExceeded, Fault::kServiceUnavailable},
      {absl::StatusCode::kInternal, Fault::kInternalError},
      {absl::StatusCode::kUnknown, Fault::kInternalError},
      {absl::StatusCode::kDataLoss, Fault::kInternalError},
  };
  for (const auto& [code, fault] : table) {
    CAPTURE(code);
    CHECK(FaultOf(absl::Status(code, "elsewhere")) == fault);
  }
}

}  // namespace
}  // namespace molva::model
