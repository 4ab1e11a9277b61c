// What topics need from the layers above them: a way to sessions and to other topics.
#pragma once

#include <memory>
#include <vector>

#include "model/session_handle.h"
#include "model/shared_packet.h"
#include "model/topic_name.h"
#include "model/user_id.h"
#include "presence/notice.h"
#include "push/news.h"
#include "topic/command.h"

namespace molva::topic {

// Sessions of one shard that get the same packet. Shared by many fan-outs, hence the shared_ptr.
using SessionList = std::vector<model::SessionHandle>;
using SessionListPtr = std::shared_ptr<const SessionList>;

// Users whose `me` topics live on one shard and get the same notice.
using UserList = std::vector<model::UserId>;
using UserListPtr = std::shared_ptr<const UserList>;

// Whom a fan-out passes over.
struct Except {
  model::SessionHandle session{};  // this one
  model::TopicName attached_to{};  // those attached to this topic, if `skip_attached`
  bool skip_attached = false;
};

// Carries what topics say. There is one per shard; a topic uses the one of its own shard.
//
// Thread: the topic's shard. What goes to one shard within one turn goes there in one message.
class Outbound {
 public:
  virtual ~Outbound() = default;
  // A reply to one session.
  virtual void Reply(model::SessionHandle to, model::PacketPtr packet) = 0;
  // The same packet to all of `sessions`, which are on shard `shard`.
  virtual void FanOut(int shard, SessionListPtr sessions, model::PacketPtr packet,
                      Except except) = 0;
  // The session's sub (attached = kYes or kNo) or leave (kNo) of `topic` is finished.
  enum class Attached : bool { kNo, kYes };
  virtual void Settle(model::SessionHandle session, model::TopicName topic, Attached attached) = 0;
  // The topic detached the session of its own accord.
  virtual void Detached(model::SessionHandle session, model::TopicName topic) = 0;
  // `notice` to the `me` topics of `users`, which belong to shard `shard`; unloaded ones drop it.
  virtual void Notify(int shard, UserListPtr users, presence::NoticePtr notice) = 0;
  // A command to another topic; dropped if that is not loaded and the command does not load.
  virtual void Send(model::TopicName topic, Command command) = 0;
  // Every session of `user` gets ctrl 205 and is closed.
  virtual void EndSessions(model::UserId user) = 0;
  // The topic has nothing to do any more and may be destroyed after this turn.
  virtual void Unload(model::TopicName topic) = 0;
  virtual int shard_count() const = 0;
  // Whether there is a push service, so that Push makes sense.
  virtual bool has_pushers() const = 0;
  // `news` to the desk of shard `shard`.
  virtual void Push(int shard, push::DeskNews news) = 0;
};

}  // namespace molva::topic
