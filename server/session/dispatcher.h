// The checks that every request passes, in the order of the protocol, and the way to its handler.
#pragma once

#include <absl/status/statusor.h>

#include "model/request.h"

namespace molva::session {

class Session;

// Answers the request or hands it to its handler. Source: docs/protocol behaviour §2.
void Dispatch(Session& session, absl::StatusOr<model::Request> request);

// The rest of it, for a request that the filter of the node has let through.
void Proceed(Session& session, model::Request request);

}  // namespace molva::session
