// The actor of p2p, group, slf and sys topics: loads, keeps order, routes to the parts, unloads.
#pragma once

#include <deque>

#include "topic/chat_core.h"
#include "topic/topic.h"

namespace molva::topic {

// Takes one change at a time: while one waits for the store, what comes meanwhile waits in order.
// Publishes do not hold the topic. The waiting line is bounded by Limits::max_waiting_commands;
// what does not fit is refused with 503.
class ChatTopic final : public Topic, public std::enable_shared_from_this<ChatTopic> {
 public:
  ChatTopic(model::TopicName name, const TopicEnv& env);
  ~ChatTopic() override;

  void Handle(Command command) override;

 private:
  enum class Phase : std::uint8_t { kFresh, kLoading, kReady };

  void Load();
  void OnLoaded(absl::StatusOr<std::optional<store::TopicRecord>> record,
                absl::StatusOr<std::vector<store::SubscriptionRecord>> subscriptions);
  void LoadLanes();
  void OnReady();
  void Drain();
  void Dispatch(Command command);
  // A request of a user, here or on another server, as far as nobody objects to it.
  void CarryOut(Command command);
  // The topic exists unless it says how to begin.
  void CarryOutJudged(Command command);
  void TakeFromPeer(PeerEntries entries);
  void HandlePeer(Command& command);
  void FailLoad(const absl::Status& status);
  void RefuseAll(const absl::Status& status);
  // Starts or stops the count-down to unloading, as the number of sessions asks for.
  bool IsBusy() const;
  void WatchIdle();
  void OnIdle();

  CorePtr core_;
  Phase phase_ = Phase::kFresh;
  bool is_draining_ = false;
  std::deque<Command> waiting_;
  runtime::TimerId idle_timer_ = runtime::TimerId::kNone;
};

}  // namespace molva::topic
