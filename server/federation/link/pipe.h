// One connection to another server as its peer actor sees it: encoded frames in and out. gRPC
// carries it in production, the simulator's network in tests.
#pragma once

#include <absl/functional/any_invocable.h>
#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "federation/identity/keys.h"
#include "runtime/shard.h"

namespace molva::federation {

// The actor's half. Calls come on the actor's shard.
class PipeHandler {
 public:
  virtual ~PipeHandler() = default;
  // One encoded Frame, at most kMaxFrameBytes.
  virtual void OnFrame(std::string frame) = 0;
  // The pipe took what was sent and has room again (see Pipe::Send).
  virtual void OnWritable() = 0;
  // The connection is gone; the pipe may be destroyed now. Never from inside a call to the pipe.
  // Nothing follows. OK: this side closed it. kCancelled: the other side did. kInvalidArgument:
  // what came was no frame or too long a one. kDeadlineExceeded: the other side does not read.
  // kUnavailable: the connection broke.
  virtual void OnClosed(const absl::Status& why) = 0;
};

inline constexpr std::size_t kMaxFrameBytes = 1 << 20;

// The connection's half, used on the actor's shard. Destroying it cuts the connection; no OnClosed
// follows then.
class Pipe {
 public:
  virtual ~Pipe() = default;
  enum class Room : bool { kFull, kFree };
  // Queues one encoded Frame. kFull: more should wait for OnWritable (what is sent all the same is
  // queued).
  virtual Room Send(std::string frame) = 0;
  // Writes what is queued within a few seconds, then closes. OnClosed follows.
  virtual void Close(std::string_view reason) = 0;
  // Stops and restarts reading from the connection.
  virtual void PauseReading() = 0;
  virtual void ResumeReading() = 0;
  // The key with which the other side has authenticated itself.
  virtual const PublicKey& peer_key() const = 0;
};

// Opens connections. Thread: any shard.
class Dialer {
 public:
  using Dialled = absl::AnyInvocable<void(absl::StatusOr<std::unique_ptr<Pipe>>)>;

  virtual ~Dialer() = default;
  // Connects to one of `endpoints` ("host:port", tried in order), whose server must show one of
  // `keys`. `done` comes once, to `shard`, the calling one, never inside the call; `handler` gets
  // the frames from the moment `done` has run and must outlive the pipe.
  // Errors: kUnavailable: nobody answers. kUnauthenticated: who answers has none of the keys, and
  //         nobody else answers.
  virtual void Dial(runtime::Shard& shard, std::vector<std::string> endpoints,
                    std::vector<PublicKey> keys, PipeHandler& handler, Dialled done) = 0;
};

// Takes connections that others have opened.
class PipeAcceptor {
 public:
  virtual ~PipeAcceptor() = default;
  // The first frame of an incoming connection is there, nothing else is known but the key. Any
  // thread; `make` makes the pipe for the shard whose actor wants it. Dropping `make` closes the
  // connection.
  using MakePipe =
      absl::AnyInvocable<std::unique_ptr<Pipe>(runtime::Shard& shard, PipeHandler& handler)>;
  virtual void OnIncoming(std::string first_frame, PublicKey key, MakePipe make) = 0;
};

}  // namespace molva::federation
