// Many sessions that do nothing: what one costs.
#include "tests/perf/load/meter.h"
#include "tests/perf/load/people.h"
#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

constexpr double kSettleSeconds = 0.5;

// Sessions that have said hi and are silent. Logging in is left out: an account costs what its
// topics cost, and those are unloaded while nobody uses them.
class Idle final : public Workload {
 public:
  Idle(Target target, std::size_t sessions)
      : target_(target), sessions_(sessions), crowd_(target.port) {}

  absl::StatusOr<Figures> Prepare() override {
    const std::int64_t before = ResidentBytes(target_.pid);
    absl::Status status = crowd_.Connect(sessions_);
    if (status.ok()) status = SayHi(crowd_, {0, sessions_});
    if (status.ok()) status = crowd_.RunFor(kSettleSeconds);
    if (!status.ok()) return status;
    const auto grown = static_cast<double>(ResidentBytes(target_.pid) - before);
    return Figures{{"sessions", static_cast<double>(sessions_)},
                   {"resident_before_bytes", static_cast<double>(before)},
                   {"resident_bytes_per_session", grown / static_cast<double>(sessions_)}};
  }

  absl::StatusOr<Figures> Measure(int, double seconds) override {
    const double cpu = CpuSeconds(target_.pid);
    if (const absl::Status status = crowd_.RunFor(seconds); !status.ok()) return status;
    return Figures{{"cpu_seconds", CpuSeconds(target_.pid) - cpu}};
  }

  Crowd& crowd() override { return crowd_; }

 private:
  const Target target_;
  const std::size_t sessions_;
  Crowd crowd_;
};

}  // namespace

std::unique_ptr<Workload> MakeIdle(Target target, std::size_t sessions) {
  return std::make_unique<Idle>(target, sessions);
}

}  // namespace molva::perf
