#include "base/breaker.h"

#include <algorithm>

namespace molva::base {

Breaker::Permit Breaker::Admit(absl::Time now) {
  if (state_ == State::kClosed) return Permit::kCall;
  if (state_ == State::kProbing || now < retry_at_) return Permit::kNo;
  state_ = State::kProbing;
  return Permit::kProbe;
}

void Breaker::OnSuccess() {
  state_ = State::kClosed;
  failures_ = 0;
  waits_.Reset();
}

void Breaker::OnFailure(absl::Time now) {
  // What was under way when it opened says nothing new.
  if (state_ == State::kOpen) return;
  if (state_ == State::kClosed && ++failures_ < failures_to_open_) return;
  state_ = State::kOpen;
  failures_ = 0;
  retry_at_ = now + std::max(least_wait_, waits_.Next(random_));
}

}  // namespace molva::base
