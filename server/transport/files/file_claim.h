// Who asks for a file: keys and secrets in all their places.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "base/string_map.h"
#include "model/user_id.h"
#include "session/doorkeeper.h"
#include "transport/files/file_door.h"
#include "transport/http/http_service.h"

namespace molva::transport {

// The fields of a form that came so far, or none.
using FormFields = base::StringMap<std::string>;

// The API key; "" if there is none. Source: docs/protocol transports §2.
std::string ApiKeyOf(const HttpRequest& request, const FormFields& form);

// What a request shows of who sends it, besides the key.
struct FileClaim {
  std::optional<session::Claim> secret;
  std::string sid;  // of a live session; looked at if there is no secret
  bool is_empty() const { return !secret.has_value() && sid.empty(); }
};

// Errors: kMalformed as a Fault: a secret that is not base64.
// Source: docs/protocol transports §2.
absl::StatusOr<FileClaim> ClaimOf(const HttpRequest& request, const FormFields& form);

// Finds out who that is. `done` may come at once; Nobody for a claim that says nothing.
// Errors: those of Doorkeeper::Identify.
void Identify(const FileRules& rules, FileClaim claim, session::Doorkeeper::Known done);

}  // namespace molva::transport
