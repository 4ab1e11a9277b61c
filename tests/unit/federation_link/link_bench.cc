#include "tests/unit/federation_link/link_bench.h"

#include <grpc/support/log.h>

namespace molva::federation {

RecordedEnd::~RecordedEnd() = default;

void RecordedEnd::OnFrame(std::string frame) {
  const std::lock_guard lock(mutex_);
  frames_.push_back(std::move(frame));
  changed_.notify_all();
}

void RecordedEnd::OnWritable() {
  const std::lock_guard lock(mutex_);
  writable_ = true;
  changed_.notify_all();
}

void RecordedEnd::OnClosed(const absl::Status& why) {
  pipe_.reset();
  const std::lock_guard lock(mutex_);
  closed_ = why;
  changed_.notify_all();
}

void RecordedEnd::Hold(std::unique_ptr<Pipe> pipe) {
  pipe_ = std::move(pipe);
  const std::lock_guard lock(mutex_);
  has_pipe_ = true;
  changed_.notify_all();
}

Pipe::Room RecordedEnd::Send(std::string frame) {
  return OnShard([this, &frame] {
    return pipe_ == nullptr ? Pipe::Room::kFull : pipe_->Send(std::move(frame));
  });
}

void RecordedEnd::Close() {
  OnShard([this] {
    if (pipe_ != nullptr) pipe_->Close("the test is over");
  });
}

void RecordedEnd::Pause() {
  OnShard([this] { pipe_->PauseReading(); });
}

void RecordedEnd::Resume() {
  OnShard([this] { pipe_->ResumeReading(); });
}

void RecordedEnd::Drop() {
  OnShard([this] { pipe_.reset(); });
}

std::optional<PublicKey> RecordedEnd::PeerKey() {
  return OnShard([this]() -> std::optional<PublicKey> {
    if (pipe_ == nullptr) return std::nullopt;
    return pipe_->peer_key();
  });
}

bool RecordedEnd::HasPipe() {
  return OnShard([this] { return pipe_ != nullptr; });
}

bool RecordedEnd::WaitForFrames(std::size_t count) {
  return Wait([this, count] { return frames_.size() >= count; });
}

bool RecordedEnd::WaitForWritable() {
  return Wait([this] { return writable_; });
}

bool RecordedEnd::WaitForPipe() {
  return Wait([this] { return has_pipe_; });
}

absl::Status RecordedEnd::WaitForClosed() {
  if (!Wait([this] { return closed_.has_value(); })) return absl::InternalError("still open");
  const std::lock_guard lock(mutex_);
  return *closed_;
}

std::vector<std::string> RecordedEnd::frames() {
  const std::lock_guard lock(mutex_);
  return frames_;
}

std::size_t RecordedEnd::frame_count() {
  const std::lock_guard lock(mutex_);
  return frames_.size();
}

void OneEndAcceptor::OnIncoming(std::string first_frame, PublicKey, MakePipe make) {
  if (refusing_) return;
  shard_.Post([this, first = std::move(first_frame), make = std::move(make)]() mutable {
    end_.OnFrame(std::move(first));
    end_.Hold(make(shard_, end_));
  });
}

LinkBench::LinkBench(LinkLimits limits, AddressRule addresses) {
  // What it says about bad clients would drown the test's own output.
  gpr_set_log_function([](gpr_log_func_args*) {});
  near_shard.Start();
  far_shard.Start();
  auto listener = GrpcFederationListener::Open("127.0.0.1:0", far_key, acceptor, limits);
  REQUIRE(listener.ok());
  listener_ = std::move(*listener);
  dialer_ = std::make_unique<GrpcDialer>(near_key, pool_, addresses);
}

LinkBench::~LinkBench() {
  near_end.Drop();
  far_end.Drop();
  pool_.Stop();
  dialer_.reset();
  listener_.reset();
  near_shard.Stop();
  far_shard.Stop();
}

absl::Status LinkBench::Dial(std::vector<PublicKey> keys) {
  return Dial(std::move(keys), {endpoint()});
}

absl::Status LinkBench::Dial(std::vector<PublicKey> keys, std::vector<std::string> endpoints) {
  auto outcome = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> answer = outcome->get_future();
  near_shard.Post([this, keys, endpoints, outcome] {
    dialer_->Dial(near_shard, endpoints, keys, near_end,
                  [this, outcome](absl::StatusOr<std::unique_ptr<Pipe>> pipe) {
                    const absl::Status status = pipe.status();
                    if (pipe.ok()) near_end.Hold(std::move(*pipe));
                    outcome->set_value(status);
                  });
  });
  if (answer.wait_for(absl::ToChronoMilliseconds(kPatience)) != std::future_status::ready) {
    return absl::InternalError("no answer");
  }
  return answer.get();
}

void LinkBench::Connect(const std::string& first) {
  const absl::Status status = Dial({far_key.public_key()});
  INFO(status);
  REQUIRE(status.ok());
  near_end.Send(first);
  REQUIRE(far_end.WaitForFrames(1));
  REQUIRE(far_end.WaitForPipe());
}

}  // namespace molva::federation
