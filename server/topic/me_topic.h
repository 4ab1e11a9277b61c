// The `me` topic of a user: the contact list, presence, and news from everywhere.
#pragma once

#include <deque>

#include "presence/contact_board.h"
#include "store/records.h"
#include "topic/attached_sessions.h"
#include "topic/line.h"
#include "topic/query_plan.h"
#include "topic/sequence.h"
#include "topic/topic.h"

namespace molva::topic {

class AccountWork;

// The account as its `me` topic keeps it, and what the parts of `me` share.
struct MeState {
  MeState(model::TopicName topic_name, const TopicEnv& topic_env)
      : name(topic_name),
        env(topic_env),
        sessions(topic_env.outbound.shard_count()),
        credential_line(std::make_shared<Line>(topic_env.limits.max_credential_errands)),
        card_line(topic_env.services.moderator == nullptr
                      ? nullptr
                      : std::make_shared<Line>(topic_env.limits.max_credential_errands)) {}

  model::UserId user_id() const { return name.user(); }
  void Reply(const Requester& to, model::Fault fault, model::JsonFields params = {}) const;
  void Refuse(const Requester& to, const absl::Status& status) const;
  void Send(const Requester& to, model::Packet packet) const;
  // To all sessions on `me`, except.
  void Broadcast(const model::Packet& packet, Except except) const;

  const model::TopicName name;
  const TopicEnv& env;
  store::UserRecord user;
  model::RawJson own_note;  // the user's private note on `me`
  presence::ContactBoard board;
  AttachedSessions sessions;
  const std::shared_ptr<Line> credential_line;  // changes of them, one at a time
  const std::shared_ptr<Line> card_line;        // of what waits for a verdict; null: nothing does
  std::string user_agent;                       // of the active session
  bool is_online = false;                       // `on` was announced
};

// Thread: confined to its shard. Source: docs/protocol presence §3.1 to §6.
class MeTopic final : public Topic, public std::enable_shared_from_this<MeTopic> {
 public:
  MeTopic(model::TopicName name, const TopicEnv& env);

  void Handle(Command command) override;

 private:
  enum class Phase : std::uint8_t { kFresh, kLoading, kReady };

  void Load();
  void OnUser(absl::StatusOr<std::optional<store::UserRecord>> user);
  void OnContacts(absl::StatusOr<std::vector<store::Contact>> contacts);
  void OnOwnSubscription(absl::StatusOr<std::optional<store::SubscriptionRecord>> own);
  void FailLoad(const absl::Status& status);
  void Drain();
  void Dispatch(Command command);
  void RefuseOne(const Command& command, const absl::Status& status);
  void RefuseAll(const absl::Status& status);
  void HandleJoin(const Join& command);
  void HandleDepart(const Depart& command);
  void Detach(model::SessionHandle session);
  void HandleActive(const Active& active);
  void HandleAccount(const ChangeAccount& command);
  void HandleResume(const ResumeAccount& command);
  std::shared_ptr<AccountWork> MakeWork(AccountTask task, absl::Time begun);
  void OnWorkOver(const absl::Status& status);
  // The account is being taken apart: nobody is served any more.
  bool IsEnding() const;
  void WatchIdle();
  void OnIdle();

  std::shared_ptr<MeState> state_;  // shared with the store's pending completions
  Phase phase_ = Phase::kFresh;
  std::deque<Command> waiting_;
  // Under way; shared with what the store has not answered yet.
  std::shared_ptr<AccountWork> work_;
  runtime::TimerId idle_timer_ = runtime::TimerId::kNone;
  runtime::TimerId agent_timer_ = runtime::TimerId::kNone;
  std::string next_user_agent_;
};

}  // namespace molva::topic
