// One member writes, all members of a group read.
#include <fmt/core.h>

#include <deque>

#include "tests/perf/load/meter.h"
#include "tests/perf/load/people.h"
#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

// A message is in flight until every member has it.
class FanOut final : public Workload, public Crowd::Listener {
 public:
  FanOut(Target target, std::size_t members, Attached attached)
      : target_(target),
        members_(members),
        attached_(attached),
        crowd_(target.port),
        got_(members) {}

  absl::StatusOr<Figures> Prepare() override {
    absl::Status status = crowd_.Connect(members_);
    std::string group = "grpAAAAAAAAAAA";
    if (status.ok() && attached_ != Attached::kNothing) {
      std::vector<std::string> users;
      status = MakePeople(crowd_, {0, members_}, users);
      if (status.ok() && attached_ == Attached::kGroupAndMe) {
        status = AskEach(crowd_, {0, members_},
                         [](std::size_t) { return R"({"sub":{"id":"s","topic":"me"}})"; });
      }
      if (!status.ok()) return status;
      absl::StatusOr<std::string> made = MakeGroup(crowd_, members_);
      if (!made.ok()) return made.status();
      group = *made;
    }
    if (!status.ok()) return status;
    request_ = fmt::format(R"({{"pub":{{"id":"p","topic":"{}","content":"{}"}}}})", group,
                           std::string(kContentBytes, 'x'));
    crowd_.Listen(this);
    status = PublishAndWait();
    if (!status.ok()) return status;
    return Figures{{"frame_bytes", static_cast<double>(frame_bytes_)}};
  }

  absl::StatusOr<Figures> Measure(int in_flight, double seconds) override {
    is_publishing_ = true;
    for (int i = 0; i < in_flight; ++i) Publish();
    absl::Status status = crowd_.RunFor(kWarmUpSeconds);
    const std::uint64_t deliveries = deliveries_;
    const double cpu = CpuSeconds(target_.pid);
    const std::int64_t begin = SteadyNanos();
    latency_.Clear();
    if (status.ok()) status = crowd_.RunFor(seconds);
    const double took = static_cast<double>(SteadyNanos() - begin) / 1e9;
    const double cpu_used = CpuSeconds(target_.pid) - cpu;
    const auto delivered = static_cast<double>(deliveries_ - deliveries);
    Figures figures{{"deliveries", delivered},
                    {"deliveries_per_second", delivered / took},
                    {"cpu_seconds", cpu_used},
                    {"deliveries_per_cpu_second", delivered / cpu_used},
                    {"p50_ms", latency_.QuantileMillis(0.5)},
                    {"p99_ms", latency_.QuantileMillis(0.99)}};
    is_publishing_ = false;
    if (status.ok()) status = Drain();
    if (!status.ok()) return status;
    return figures;
  }

  Crowd& crowd() override { return crowd_; }

  void OnPacket(std::size_t peer, std::string_view text) override {
    if (text.starts_with("{\"data\"")) return OnData(peer, text);
    if (text.starts_with("{\"ctrl\"") && CodeOf(text) >= 300) {
      refusal_ = absl::FailedPreconditionError(std::string(text));
    }
  }

 private:
  struct Message {
    std::int64_t sent_at;
    std::size_t to_come;  // deliveries
  };

  void Publish() {
    messages_.push_back({SteadyNanos(), members_});
    crowd_.Send(0, request_);
  }

  void OnData(std::size_t peer, std::string_view text) {
    const std::size_t at = got_[peer]++ - first_;
    if (at >= messages_.size()) {
      refusal_ = absl::InternalError("a message came twice");
      return;
    }
    Message& message = messages_[at];
    ++deliveries_;
    latency_.Add(SteadyNanos() - message.sent_at);
    frame_bytes_ = text.size() + (text.size() < 126 ? 2 : 4);
    if (--message.to_come > 0) return;
    while (!messages_.empty() && messages_.front().to_come == 0) {
      messages_.pop_front();
      ++first_;
      if (is_publishing_) Publish();
    }
  }

  absl::Status PublishAndWait() {
    Publish();
    return Drain();
  }

  absl::Status Drain() {
    absl::Status status =
        crowd_.RunUntil([this] { return messages_.empty() || !refusal_.ok(); }, kPatienceSeconds);
    return refusal_.ok() ? status : refusal_;
  }

  const Target target_;
  const std::size_t members_;
  const Attached attached_;
  Crowd crowd_;
  std::string request_;
  std::deque<Message> messages_;  // in flight
  std::size_t first_ = 0;         // number of messages_.front()
  std::vector<std::size_t> got_;  // by peer: how many it has
  std::uint64_t deliveries_ = 0;
  std::size_t frame_bytes_ = 0;
  Durations latency_;
  bool is_publishing_ = false;
  absl::Status refusal_;
};

}  // namespace

std::unique_ptr<Workload> MakeFanOut(Target target, std::size_t members, Attached attached) {
  return std::make_unique<FanOut>(target, members, attached);
}

}  // namespace molva::perf
