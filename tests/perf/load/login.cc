// People come, log in with a password, and go.
#include <fmt/core.h>

#include "tests/perf/load/meter.h"
#include "tests/perf/load/people.h"
#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

constexpr std::string_view kSecret = "cGVyZnVzZXI6cGVyZi1wYXNzd29yZA==";  // perfuser:perf-password

// One account; each login has a connection of its own.
class Login final : public Workload, public Crowd::Listener {
 public:
  explicit Login(Target target) : target_(target), crowd_(target.port) {}

  absl::StatusOr<Figures> Prepare() override {
    absl::Status status = crowd_.Connect(1);
    if (status.ok()) status = SayHi(crowd_, {0, 1});
    if (status.ok()) {
      status = AskEach(crowd_, {0, 1}, [](std::size_t) {
        return fmt::format(R"({{"acc":{{"id":"s","user":"new","scheme":"basic","secret":"{}"}}}})",
                           kSecret);
      });
    }
    if (!status.ok()) return status;
    return Figures{};
  }

  absl::StatusOr<Figures> Measure(int in_flight, double seconds) override {
    const auto wanted = static_cast<std::size_t>(in_flight);
    if (crowd_.size() < wanted) {
      const absl::Status status = crowd_.Connect(wanted - crowd_.size());
      if (!status.ok()) return status;
    }
    sent_at_.assign(crowd_.size(), 0);
    crowd_.Listen(this);
    is_going_ = true;
    latency_.Clear();
    logins_ = 0;
    const double cpu = CpuSeconds(target_.pid);
    const std::int64_t begin = SteadyNanos();
    for (std::size_t peer = 0; peer < wanted; ++peer) Begin(peer);
    absl::Status status = crowd_.RunFor(seconds);
    is_going_ = false;
    if (status.ok()) {
      status =
          crowd_.RunUntil([this] { return under_way_ == 0 || !refusal_.ok(); }, kPatienceSeconds);
    }
    if (!refusal_.ok()) return refusal_;
    if (!status.ok()) return status;
    const double took = static_cast<double>(SteadyNanos() - begin) / 1e9;
    const double cpu_used = CpuSeconds(target_.pid) - cpu;
    const auto logins = static_cast<double>(logins_);
    return Figures{{"logins", logins},
                   {"logins_per_second", logins / took},
                   {"cpu_seconds", cpu_used},
                   {"logins_per_cpu_second", logins / cpu_used},
                   {"p50_ms", latency_.QuantileMillis(0.5)},
                   {"p99_ms", latency_.QuantileMillis(0.99)}};
  }

  Crowd& crowd() override { return crowd_; }

  void OnPacket(std::size_t peer, std::string_view text) override {
    if (!text.starts_with("{\"ctrl\"")) return;
    if (CodeOf(text) >= 300) refusal_ = absl::FailedPreconditionError(std::string(text));
    if (FieldOf(text, "id") != "l") return;
    latency_.Add(SteadyNanos() - sent_at_[peer]);
    ++logins_;
    --under_way_;
    if (is_going_) Begin(peer);
  }

 private:
  void Begin(std::size_t peer) {
    ++under_way_;
    crowd_.Reconnect(peer);
    crowd_.Send(peer, R"({"hi":{"id":"h","ver":"0.25","ua":"molva-load/1"}})");
    crowd_.Send(peer,
                fmt::format(R"({{"login":{{"id":"l","scheme":"basic","secret":"{}"}}}})", kSecret));
    sent_at_[peer] = SteadyNanos();
  }

  const Target target_;
  Crowd crowd_;
  std::vector<std::int64_t> sent_at_;  // by peer
  std::uint64_t logins_ = 0;
  std::uint64_t under_way_ = 0;
  Durations latency_;
  bool is_going_ = false;
  absl::Status refusal_;
};

}  // namespace

std::unique_ptr<Workload> MakeLogin(Target target) { return std::make_unique<Login>(target); }

}  // namespace molva::perf
