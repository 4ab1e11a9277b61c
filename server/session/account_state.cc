#include "session/account_state.h"

#include "session/session.h"

namespace molva::session {

using model::Fail;
using model::Fault;

absl::StatusOr<store::State> NewState(const Session& session, const std::string& status) {
  if (status.empty()) return store::State::kOk;
  if (session.state().level != model::AuthLevel::kRoot) {
    return Fail(Fault::kPermissionDenied, "status is for root");
  }
  if (status == "ok") return store::State::kOk;
  if (status == "susp") return store::State::kSuspended;
  return Fail(Fault::kMalformed, "not a state");
}

}  // namespace molva::session
