// One pipe to a peer with what hangs on it.
#pragma once

#include <absl/time/time.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "federation/link/pipe.h"

namespace molva::federation {

class Connection;

// Who works with connections. Calls come on the shard.
class ConnectionOwner {
 public:
  virtual ~ConnectionOwner() = default;
  virtual void OnFrame(Connection& connection, std::string frame) = 0;
  virtual void OnWritable(Connection& connection) = 0;
  virtual void OnClosed(Connection& connection, const absl::Status& why) = 0;
};

// Thread:  confined to the actor's shard.
// Owns:    the pipe, from Attach on.
// Borrows: the owner.
class Connection final : public PipeHandler {
 public:
  enum class DialledBy : bool { kUs, kPeer };

  Connection(ConnectionOwner& owner, DialledBy dialled_by)
      : owner_(&owner), dialled_by_(dialled_by) {}

  void Attach(std::unique_ptr<Pipe> pipe, absl::Time now) {
    pipe_ = std::move(pipe);
    since_ = now;
  }
  // What comes from now on is for `owner`.
  void HandTo(ConnectionOwner& owner) { owner_ = &owner; }

  Pipe& pipe() { return *pipe_; }
  bool has_room() const { return has_room_; }
  void Send(std::string frame) { has_room_ = pipe_->Send(std::move(frame)) == Pipe::Room::kFree; }
  DialledBy dialled_by() const { return dialled_by_; }
  absl::Time since() const { return since_; }
  bool is_closed() const { return is_closed_; }

  // PipeHandler
  void OnFrame(std::string frame) override { owner_->OnFrame(*this, std::move(frame)); }
  void OnWritable() override {
    has_room_ = true;
    owner_->OnWritable(*this);
  }
  void OnClosed(const absl::Status& why) override {
    is_closed_ = true;
    owner_->OnClosed(*this, why);
  }

 private:
  ConnectionOwner* owner_;
  const DialledBy dialled_by_;
  std::unique_ptr<Pipe> pipe_;
  absl::Time since_;
  bool has_room_ = true;
  bool is_closed_ = false;
};

}  // namespace molva::federation
