// At a replica: events of the home become rows, and what follows once they are on disk.
#pragma once

#include "topic/chat_core.h"

namespace molva::topic {

// What events do to the topic: rows first, and what follows once they are on disk.
struct Effects {
  store::Batch batch;
  std::vector<absl::AnyInvocable<void()>> then;
};

// Carries out events of one home. Lives from the first event of a batch to its commit.
class Applier : public std::enable_shared_from_this<Applier> {
 public:
  Applier(CorePtr core, std::string home) : core_(std::move(core)), home_(std::move(home)) {}

  // Takes as many events as can be decided together. Returns their number.
  std::size_t Take(const std::vector<LaneItemPtr>& items, std::size_t from);
  // Stores what was taken; the topic is held until that has had its effect.
  void Commit();
  // An own user whom an event makes a member, of whom it is not known yet whether he exists.
  std::optional<model::UserId> unknown_user() const { return unknown_user_; }
  bool is_empty() const { return effects_.batch.empty(); }
  // The event that made Take stop cannot stand.
  std::optional<Refusal> refusal() const { return refusal_; }
  std::int64_t refused_n() const { return refused_n_; }

 private:
  bool TakeMessage(const LaneItemPtr& item);
  bool TakeOther(const LaneItemPtr& item);
  void TakeTopic(const LaneItemPtr& item, const chain::TopicState& state);
  bool TakeMember(const LaneItemPtr& item);
  void TakeDeletion(const LaneItemPtr& item, const chain::DeletionState& state);
  void TakeEnd(const LaneItemPtr& item);
  void SettleOwn(const LaneItem& item);
  void RememberCause(const LaneItem& item);
  void StoreCauses();
  void Wipe();
  void Append(const LaneItemPtr& item, model::SeqId seq);
  void Shadow(model::UserId user);
  bool Stop(const LaneItem& item, Refusal why);
  Requester ActorOf(const LaneItem& item) const;
  void OnStored(const absl::Status& status);

  const CorePtr core_;
  const std::string home_;
  Effects effects_;
  model::SeqId next_seq_ = 0;
  std::vector<model::SeqRange> gone_;  // messages that are deleted for everybody by now
  bool has_settled_ = false;
  // Servers whose proposals were shown, and how far they had been before.
  std::map<std::string, std::int64_t> shown_;
  std::vector<std::string> shadows_;
  std::optional<model::UserId> unknown_user_;
  std::optional<Refusal> refusal_;
  std::int64_t refused_n_ = 0;
};

}  // namespace molva::topic
