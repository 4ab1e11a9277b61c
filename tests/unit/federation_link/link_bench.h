// Two servers in one process with real TLS between them: one dials, one listens.
#pragma once

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "federation/link/grpc_dialer.h"
#include "federation/link/grpc_federation_listener.h"
#include "runtime/asio_shard.h"
#include "runtime/blocking_pool.h"
#include "tests/support/catch.h"

namespace molva::federation {

inline constexpr absl::Duration kPatience = absl::Seconds(30);

// One end of a link: remembers what it hears.
//
// Thread: the shard's; Wait… and the getters from the test's.
class RecordedEnd final : public PipeHandler {
 public:
  explicit RecordedEnd(runtime::Shard& shard) : shard_(shard) {}
  ~RecordedEnd() override;

  void OnFrame(std::string frame) override;
  void OnWritable() override;
  void OnClosed(const absl::Status& why) override;
  // Takes the pipe of this end; on its shard.
  void Hold(std::unique_ptr<Pipe> pipe);

  // What the test asks of the pipe, done on the shard before this returns.
  Pipe::Room Send(std::string frame);
  void Close();
  void Pause();
  void Resume();
  void Drop();
  std::optional<PublicKey> PeerKey();
  bool HasPipe();

  // Each waits for half a minute at most.
  bool WaitForFrames(std::size_t count);
  bool WaitForWritable();
  bool WaitForPipe();
  absl::Status WaitForClosed();  // kInternal if nothing came
  std::vector<std::string> frames();
  std::size_t frame_count();

 private:
  template <typename Holds>
  bool Wait(Holds holds) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, absl::ToChronoMilliseconds(kPatience), holds);
  }
  template <typename Act>
  auto OnShard(Act act) {
    std::packaged_task<decltype(act())()> task(std::move(act));
    auto result = task.get_future();
    shard_.Post([&task] { task(); });
    return result.get();
  }

  runtime::Shard& shard_;
  std::unique_ptr<Pipe> pipe_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> frames_;
  std::optional<absl::Status> closed_;
  bool has_pipe_ = false;
  bool writable_ = false;
};

// Gives every link that comes to one end, if it is to have it.
class OneEndAcceptor final : public PipeAcceptor {
 public:
  OneEndAcceptor(runtime::Shard& shard, RecordedEnd& end) : shard_(shard), end_(end) {}
  void OnIncoming(std::string first_frame, PublicKey key, MakePipe make) override;
  // From now on links are dropped instead.
  void RefuseAll() { refusing_ = true; }

 private:
  runtime::Shard& shard_;
  RecordedEnd& end_;
  std::atomic<bool> refusing_{false};
};

// Both servers. What the test touches of the shards' goes by way of the ends.
class LinkBench {
 public:
  explicit LinkBench(LinkLimits limits = {}, AddressRule addresses = AddressRule::kAnywhere);
  ~LinkBench();

  // Dials with the keys that the caller is said to know.
  absl::Status Dial(std::vector<PublicKey> keys);
  absl::Status Dial(std::vector<PublicKey> keys, std::vector<std::string> endpoints);
  // Dials, says `first`, and waits until the other side has it.
  void Connect(const std::string& first = "hello");
  std::string endpoint() const { return "127.0.0.1:" + std::to_string(listener_->port()); }

  ServerKey near_key = Fresh();
  ServerKey far_key = Fresh();
  runtime::AsioShard near_shard{0};
  runtime::AsioShard far_shard{1};
  RecordedEnd near_end{near_shard};
  RecordedEnd far_end{far_shard};
  OneEndAcceptor acceptor{far_shard, far_end};

  static ServerKey Fresh() {
    base::SystemRandom random;
    return ServerKey::Generate(random);
  }
  void StopListening() { listener_.reset(); }
  GrpcFederationListener& listener() { return *listener_; }
  GrpcDialer& dialer() { return *dialer_; }

 private:
  runtime::BlockingPool pool_{{.name = "resolver", .threads = 1, .max_queued = 16}};
  std::unique_ptr<GrpcFederationListener> listener_;
  std::unique_ptr<GrpcDialer> dialer_;
};

}  // namespace molva::federation
