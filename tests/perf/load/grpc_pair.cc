// People write to each other, one to one, over gRPC.
#include <fmt/core.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <molva/v1/node.grpc.pb.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>

#include "tests/perf/load/meter.h"
#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

constexpr std::chrono::seconds kPatience{20};
constexpr auto kWarmUp = std::chrono::milliseconds(300);

// One session. Packets go to `on_packet`, on a thread of gRPC.
//
// Thread: Send from any.
class Stream final : public grpc::ClientBidiReactor<v1::ClientMsg, v1::ServerBatch> {
 public:
  using OnPacket = std::function<void(const v1::ServerMsg&)>;

  Stream(v1::Node::Stub& stub, OnPacket on_packet) : on_packet_(std::move(on_packet)) {
    stub.async()->MessageLoop(&context_, this);
    AddHold();  // Send writes from outside of the reactions
    StartRead(&incoming_);
    StartCall();
  }
  // Ends the session and waits for the last reaction.
  ~Stream() override {
    context_.TryCancel();
    RemoveHold();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [this] { return is_done_; });
  }

  void Send(v1::ClientMsg message) {
    const std::lock_guard lock(mutex_);
    outgoing_.push_back(std::move(message));
    if (outgoing_.size() == 1) StartWrite(&outgoing_.front());
  }

  void OnWriteDone(bool ok) override {
    const std::lock_guard lock(mutex_);
    outgoing_.pop_front();
    if (ok && !outgoing_.empty()) StartWrite(&outgoing_.front());
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    for (const v1::ServerMsg& packet : incoming_.messages()) on_packet_(packet);
    StartRead(&incoming_);
  }
  void OnDone(const grpc::Status&) override {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
    ended_.notify_all();
  }

 private:
  const OnPacket on_packet_;
  grpc::ClientContext context_;
  v1::ServerBatch incoming_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::deque<v1::ClientMsg> outgoing_;  // the first is being written
  bool is_done_ = false;
};

// Session 2i writes to session 2i + 1; what is in flight is as in the WebSocket workload.
class GrpcPair final : public Workload {
 public:
  GrpcPair(Target target, std::size_t pairs)
      : target_(target), crowd_(target.port), pairs_(pairs), users_(pairs * 2) {}
  ~GrpcPair() override { streams_.clear(); }

  absl::StatusOr<Figures> Prepare() override {
    const auto channel = grpc::CreateChannel(fmt::format("127.0.0.1:{}", target_.port),
                                             grpc::InsecureChannelCredentials());
    stub_ = v1::Node::NewStub(channel);
    for (std::size_t i = 0; i < users_.size(); ++i) {
      streams_.push_back(std::make_unique<Stream>(
          *stub_, [this, i](const v1::ServerMsg& packet) { Take(i, packet); }));
      if (absl::Status status = Register(i); !status.ok()) return status;
    }
    for (std::size_t i = 0; i < users_.size(); ++i) {
      v1::ClientMsg join;
      join.mutable_sub()->set_topic(users_[i ^ 1]);
      join.mutable_sub()->set_id("s");
      if (absl::Status status = Ask(i, join); !status.ok()) return status;
    }
    return Figures{{"pairs", static_cast<double>(pairs_.size())}};
  }

  absl::StatusOr<Figures> Measure(int in_flight, double seconds) override {
    std::unique_lock lock(mutex_);
    is_publishing_ = true;
    for (int i = 0; i < in_flight; ++i) Publish(static_cast<std::size_t>(i) % pairs_.size());
    changed_.wait_for(lock, kWarmUp, [this] { return !refusal_.ok(); });
    latency_.Clear();
    const std::uint64_t before = finished_;
    const double cpu = CpuSeconds(target_.pid);
    const std::int64_t begin = SteadyNanos();
    changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                      [this] { return !refusal_.ok(); });
    const double took = static_cast<double>(SteadyNanos() - begin) / 1e9;
    const double cpu_used = CpuSeconds(target_.pid) - cpu;
    const auto messages = static_cast<double>(finished_ - before);
    Figures figures{{"messages", messages},
                    {"messages_per_second", messages / took},
                    {"cpu_seconds", cpu_used},
                    {"messages_per_cpu_second", messages / cpu_used},
                    {"p50_ms", latency_.QuantileMillis(0.5)},
                    {"p99_ms", latency_.QuantileMillis(0.99)}};
    is_publishing_ = false;
    const bool drained =
        changed_.wait_for(lock, kPatience, [this] { return under_way_ == 0 || !refusal_.ok(); });
    if (!refusal_.ok()) return refusal_;
    if (!drained) return absl::DeadlineExceededError("the server took too long");
    return figures;
  }

  Crowd& crowd() override { return crowd_; }

 private:
  struct Conversation {
    std::deque<std::int64_t> sent_at;  // of those in flight
    std::uint64_t delivered = 0;
    std::uint64_t acknowledged = 0;
    std::uint64_t finished = 0;
  };

  absl::Status Register(std::size_t number) {
    v1::ClientMsg hi;
    hi.mutable_hi()->set_id("s");
    hi.mutable_hi()->set_ver("0.25");
    hi.mutable_hi()->set_user_agent("molva-load/1");
    if (absl::Status status = Ask(number, hi); !status.ok()) return status;
    v1::ClientMsg acc;
    acc.mutable_acc()->set_id("s");
    acc.mutable_acc()->set_user_id("new");
    acc.mutable_acc()->set_scheme("anonymous");
    acc.mutable_acc()->set_login(true);
    v1::DefaultAcsMode& access = *acc.mutable_acc()->mutable_desc()->mutable_default_acs();
    access.set_auth("JRWPA");
    access.set_anon("JRWPA");
    if (absl::Status status = Ask(number, acc); !status.ok()) return status;
    const std::lock_guard lock(mutex_);
    const std::string user = answer_.params().at("user");  // a JSON string
    users_[number] = user.substr(1, user.size() - 2);
    return absl::OkStatus();
  }

  // Sends a request with the id "s" and waits for its answer, which stays in `answer_`.
  absl::Status Ask(std::size_t number, const v1::ClientMsg& request) {
    std::unique_lock lock(mutex_);
    answer_.Clear();
    streams_[number]->Send(request);
    if (!changed_.wait_for(lock, kPatience, [this] { return answer_.code() != 0; })) {
      return absl::DeadlineExceededError("the server took too long");
    }
    if (answer_.code() >= 300) return absl::FailedPreconditionError(answer_.ShortDebugString());
    return absl::OkStatus();
  }

  void Take(std::size_t number, const v1::ServerMsg& packet) {
    const std::lock_guard lock(mutex_);
    if (packet.has_ctrl() && packet.ctrl().id() == "s") {
      answer_ = packet.ctrl();
      changed_.notify_all();
      return;
    }
    Conversation& pair = pairs_[number / 2];
    if (packet.has_data()) ++pair.delivered;
    if (packet.has_ctrl()) ++pair.acknowledged;
    if (packet.has_ctrl() && packet.ctrl().code() != 202) {
      refusal_ = absl::FailedPreconditionError(packet.ctrl().ShortDebugString());
    }
    while (!pair.sent_at.empty() && pair.delivered > pair.finished &&
           pair.acknowledged > pair.finished) {
      latency_.Add(SteadyNanos() - pair.sent_at.front());
      pair.sent_at.pop_front();
      ++pair.finished;
      ++finished_;
      --under_way_;
      if (is_publishing_) Publish(number / 2);
    }
    if (under_way_ == 0 || !refusal_.ok()) changed_.notify_all();
  }

  void Publish(std::size_t pair) {
    v1::ClientMsg message;
    v1::ClientPub& pub = *message.mutable_pub();
    pub.set_id("p");
    pub.set_topic(users_[2 * pair + 1]);
    pub.set_no_echo(true);
    pub.set_content('"' + std::string(kContentBytes, 'x') + '"');
    pairs_[pair].sent_at.push_back(SteadyNanos());
    ++under_way_;
    streams_[2 * pair]->Send(std::move(message));
  }

  const Target target_;
  Crowd crowd_;  // has no peers: reads standard input
  std::unique_ptr<v1::Node::Stub> stub_;
  std::mutex mutex_;  // guards all below; the streams' own locks come after it
  std::condition_variable changed_;
  std::vector<Conversation> pairs_;
  std::vector<std::string> users_;
  v1::ServerCtrl answer_;
  std::uint64_t finished_ = 0;
  std::uint64_t under_way_ = 0;
  Durations latency_;
  bool is_publishing_ = false;
  absl::Status refusal_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace

std::unique_ptr<Workload> MakeGrpcPair(Target target, std::size_t pairs) {
  return std::make_unique<GrpcPair>(target, pairs);
}

}  // namespace molva::perf
