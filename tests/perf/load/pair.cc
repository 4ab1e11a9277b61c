// People write to each other, one to one.
#include <fmt/core.h>

#include <deque>

#include "tests/perf/load/meter.h"
#include "tests/perf/load/people.h"
#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

// Peer 2i writes to peer 2i + 1. A message is in flight until the writer has its receipt (it is on
// disk then) and the reader has it.
class Pair final : public Workload, public Crowd::Listener {
 public:
  Pair(Target target, std::size_t pairs) : target_(target), crowd_(target.port), pairs_(pairs) {}

  absl::StatusOr<Figures> Prepare() override {
    const std::size_t people = pairs_.size() * 2;
    std::vector<std::string> users;
    absl::Status status = crowd_.Connect(people);
    if (status.ok()) status = MakePeople(crowd_, {0, people}, users);
    // One after the other: the second finds the topic made.
    const auto join_peer = [&](std::size_t peer) {
      return fmt::format(R"({{"sub":{{"id":"s","topic":"{}"}}}})", users[peer ^ 1]);
    };
    for (std::size_t side = 0; side < 2 && status.ok(); ++side) {
      for (std::size_t i = 0; i < pairs_.size() && status.ok(); ++i) {
        status = AskEach(crowd_, {2 * i + side, 2 * i + side + 1}, join_peer);
      }
    }
    if (!status.ok()) return status;
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      pairs_[i].request =
          fmt::format(R"({{"pub":{{"id":"p","topic":"{}","noecho":true,"content":"{}"}}}})",
                      users[2 * i + 1], std::string(kContentBytes, 'x'));
    }
    crowd_.Listen(this);
    return Figures{{"pairs", static_cast<double>(pairs_.size())}};
  }

  absl::StatusOr<Figures> Measure(int in_flight, double seconds) override {
    is_publishing_ = true;
    for (int i = 0; i < in_flight; ++i) Publish(static_cast<std::size_t>(i) % pairs_.size());
    absl::Status status = crowd_.RunFor(kWarmUpSeconds);
    const std::uint64_t before = finished_;
    const double cpu = CpuSeconds(target_);
    const std::int64_t begin = SteadyNanos();
    latency_.Clear();
    if (status.ok()) status = crowd_.RunFor(seconds);
    const double took = static_cast<double>(SteadyNanos() - begin) / 1e9;
    const double cpu_used = CpuSeconds(target_) - cpu;
    const auto messages = static_cast<double>(finished_ - before);
    Figures figures{{"messages", messages},
                    {"messages_per_second", messages / took},
                    {"cpu_seconds", cpu_used},
                    {"messages_per_cpu_second", messages / cpu_used},
                    {"p50_ms", latency_.QuantileMillis(0.5)},
                    {"p99_ms", latency_.QuantileMillis(0.99)}};
    is_publishing_ = false;
    if (status.ok()) {
      status =
          crowd_.RunUntil([this] { return under_way_ == 0 || !refusal_.ok(); }, kPatienceSeconds);
    }
    if (!refusal_.ok()) return refusal_;
    if (!status.ok()) return status;
    return figures;
  }

  Crowd& crowd() override { return crowd_; }

  void OnPacket(std::size_t peer, std::string_view text) override {
    Conversation& pair = pairs_[peer / 2];
    if (text.starts_with("{\"data\"")) ++pair.delivered;
    if (text.starts_with("{\"ctrl\"")) {
      if (CodeOf(text) != 202) refusal_ = absl::FailedPreconditionError(std::string(text));
      ++pair.acknowledged;
    }
    while (!pair.sent_at.empty() && pair.delivered > pair.finished &&
           pair.acknowledged > pair.finished) {
      latency_.Add(SteadyNanos() - pair.sent_at.front());
      pair.sent_at.pop_front();
      ++pair.finished;
      ++finished_;
      --under_way_;
      if (is_publishing_) Publish(peer / 2);
    }
  }

 private:
  struct Conversation {
    std::string request;
    std::deque<std::int64_t> sent_at;  // of those in flight
    std::uint64_t delivered = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t finished = 0;
  };

  void Publish(std::size_t pair) {
    pairs_[pair].sent_at.push_back(SteadyNanos());
    ++under_way_;
    crowd_.Send(2 * pair, pairs_[pair].request);
  }

  const Target target_;
  Crowd crowd_;
  std::vector<Conversation> pairs_;
  std::uint64_t finished_ = 0;
  std::uint64_t under_way_ = 0;
  Durations latency_;
  bool is_publishing_ = false;
  absl::Status refusal_;
};

}  // namespace

std::unique_ptr<Workload> MakePair(Target target, std::size_t pairs) {
  return std::make_unique<Pair>(target, pairs);
}

}  // namespace molva::perf
