#include "transport/shard_door.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/log.h"
#include "transport/listening_socket.h"

namespace molva::transport {
namespace {

// So many connections are accepted before the shard does something else.
constexpr int kAcceptsPerTurn = 64;
// So many that the kernel has let in already are taken when the door closes.
constexpr int kLastAccepts = 1024;
constexpr absl::Duration kBackOff = absl::Milliseconds(100);
constexpr absl::Duration kBetweenComplaints = absl::Seconds(10);
constexpr absl::Duration kShutdownStep = absl::Milliseconds(10);

}  // namespace

ShardDoor::ShardDoor(runtime::AsioShard& shard, int listening_fd, Setup setup)
    : shard_(shard), setup_(std::move(setup)), listening_fd_(listening_fd) {}

ShardDoor::~ShardDoor() {
  if (listening_fd_ >= 0) ::close(listening_fd_);
}

void ShardDoor::Start() {
  loop_.emplace(shard_, setup_.limits, counters_);
  setup_.rules.long_poll->Attach(*loop_);
  watch_.emplace(shard_, std::exchange(listening_fd_, -1), *this);
  watch_->AwaitReadable();
}

void ShardDoor::StopAccepting() {
  // Closing the door resets who waits behind it, a client that polls for its last word among them.
  for (int i = 0; i < kLastAccepts && watch_.has_value(); ++i) {
    if (AcceptOne() != Outcome::kGoOn) break;
  }
  shard_.CancelTimer(retry_);
  watch_.reset();
  if (listening_fd_ >= 0) ::close(std::exchange(listening_fd_, -1));
}

void ShardDoor::OnReadable() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    const Outcome outcome = AcceptOne();
    if (outcome == Outcome::kBackOff) return;
    if (outcome == Outcome::kWaitForMore) break;
  }
  watch_->AwaitReadable();
}

ShardDoor::Outcome ShardDoor::AcceptOne() {
  const int fd = ::accept4(watch_->fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0) {
    Admit(fd);
    return Outcome::kGoOn;
  }
  switch (errno) {
    case EAGAIN:
      return Outcome::kWaitForMore;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
      BackOff(errno);
      return Outcome::kBackOff;
    default:
      // The connection died while it waited; the next one may be well.
      counters_.accept_errors.Add(1);
      return Outcome::kGoOn;
  }
}

void ShardDoor::BackOff(int error) {
  counters_.accept_errors.Add(1);
  if (shard_.Now() >= next_complaint_) {
    next_complaint_ = shard_.Now() + kBetweenComplaints;
    base::LogWarning("cannot accept connections for now", {{"reason", std::strerror(error)}});
  }
  retry_ = shard_.StartTimer(kBackOff, [this] {
    retry_ = runtime::TimerId::kNone;
    OnReadable();
  });
}

void ShardDoor::Admit(int fd) {
  if (!setup_.has_room_for_connection()) {
    ::close(fd);
    return;
  }
  counters_.connections_accepted.Add(1);
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  auto connection = std::make_unique<HttpConnection>(*loop_, setup_.rules, PeerAddress(fd));
  HttpConnection& opened = *connection;
  loop_->Adopt(std::move(connection));
  opened.Open(std::make_unique<Socket>(shard_, fd, setup_.tls.get(), opened));
}

void ShardDoor::Shutdown(absl::Duration grace, runtime::Task done) {
  StopAccepting();
  if (!loop_.has_value()) return done();
  loop_->BeginShutdown();
  AwaitEmpty(shard_.Now() + grace, std::move(done));
}

void ShardDoor::AwaitEmpty(absl::Time give_up, runtime::Task done) {
  if (loop_->empty()) {
    setup_.rules.long_poll->Detach();
    loop_.reset();
    return done();
  }
  if (shard_.Now() >= give_up) loop_->CutAll();
  shard_.StartTimer(kShutdownStep, [this, give_up, done = std::move(done)]() mutable {
    AwaitEmpty(give_up, std::move(done));
  });
}

}  // namespace molva::transport
