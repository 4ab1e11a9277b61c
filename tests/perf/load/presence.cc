// One member of a group comes and goes; the others are told.
#include <fmt/core.h>

#include "tests/perf/load/meter.h"
#include "tests/perf/load/people.h"
#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

// Peer 0 made the group, the last peer leaves and joins again; each step is over when all others
// have their {pres} of it.
class Presence final : public Workload, public Crowd::Listener {
 public:
  Presence(Target target, std::size_t members)
      : target_(target), members_(members), crowd_(target.port) {}

  absl::StatusOr<Figures> Prepare() override {
    std::vector<std::string> users;
    absl::Status status = crowd_.Connect(members_);
    if (status.ok()) status = MakePeople(crowd_, {0, members_}, users);
    if (!status.ok()) return status;
    const absl::StatusOr<std::string> made = MakeGroup(crowd_, members_);
    if (!made.ok()) return made.status();
    group_ = *made;
    src_ = fmt::format("\"src\":\"{}\"", users.back());
    // What the joining of all caused has arrived when the last of it has.
    status = crowd_.RunFor(1);
    if (!status.ok()) return status;
    return Figures{};
  }

  absl::StatusOr<Figures> Measure(int, double seconds) override {
    crowd_.Listen(this);
    latency_.Clear();
    notices_ = 0;
    is_going_ = true;
    const double cpu = CpuSeconds(target_.pid);
    const std::int64_t begin = SteadyNanos();
    Step();
    absl::Status status = crowd_.RunFor(seconds);
    is_going_ = false;
    if (status.ok()) {
      status = crowd_.RunUntil([this] { return (to_come_ == 0 && is_in_) || !refusal_.ok(); },
                               kPatienceSeconds);
    }
    if (!refusal_.ok()) return refusal_;
    if (!status.ok()) return status;
    const double took = static_cast<double>(SteadyNanos() - begin) / 1e9;
    const double cpu_used = CpuSeconds(target_.pid) - cpu;
    const auto notices = static_cast<double>(notices_);
    return Figures{{"notices", notices},
                   {"notices_per_second", notices / took},
                   {"cpu_seconds", cpu_used},
                   {"notices_per_cpu_second", notices / cpu_used},
                   {"p50_ms", latency_.QuantileMillis(0.5)},
                   {"p99_ms", latency_.QuantileMillis(0.99)}};
  }

  Crowd& crowd() override { return crowd_; }

  void OnPacket(std::size_t peer, std::string_view text) override {
    if (text.starts_with("{\"ctrl\"") && CodeOf(text) >= 400) {
      refusal_ = absl::FailedPreconditionError(std::string(text));
    }
    if (peer + 1 == members_ || !text.starts_with("{\"pres\"")) return;
    if (text.find(src_) == std::string_view::npos) return;
    latency_.Add(SteadyNanos() - sent_at_);
    ++notices_;
    if (--to_come_ > 0) return;
    // It always ends inside, where it began.
    if (is_going_ || !is_in_) Step();
  }

 private:
  void Step() {
    is_in_ = !is_in_;
    to_come_ = members_ - 1;
    sent_at_ = SteadyNanos();
    crowd_.Send(members_ - 1, fmt::format(R"({{"{}":{{"id":"j","topic":"{}"}}}})",
                                          is_in_ ? "sub" : "leave", group_));
  }

  const Target target_;
  const std::size_t members_;
  Crowd crowd_;
  std::string group_;
  std::string src_;
  bool is_in_ = true;
  std::size_t to_come_ = 0;
  std::int64_t sent_at_ = 0;
  std::uint64_t notices_ = 0;
  Durations latency_;
  bool is_going_ = false;
  absl::Status refusal_;
};

}  // namespace

std::unique_ptr<Workload> MakePresence(Target target, std::size_t members) {
  return std::make_unique<Presence>(target, members);
}

}  // namespace molva::perf
