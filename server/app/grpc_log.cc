#include "app/grpc_log.h"

#include <absl/time/clock.h>
#include <grpc/support/log.h>

#include "base/log.h"

namespace molva::app {
namespace {

constexpr int kLinesPerMinute = 10;

void LogForGrpc(gpr_log_func_args* args) {
  static LineBudget budget(kLinesPerMinute);
  const bool is_complaint = args->severity == GPR_LOG_SEVERITY_ERROR && budget.Take(absl::Now());
  base::Log(is_complaint ? base::LogLevel::kWarning : base::LogLevel::kDebug, "grpc reports",
            {{"detail", args->message}});
}

}  // namespace

bool LineBudget::Take(absl::Time now) {
  const runtime::MutexLock lock(mutex_);
  if (now - minute_ >= absl::Minutes(1)) {
    minute_ = now;
    taken_ = 0;
  }
  return taken_++ < per_minute_;
}

void TakeOverGrpcLog() { gpr_set_log_function(LogForGrpc); }

}  // namespace molva::app
