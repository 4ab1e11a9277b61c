#include "topic/me_topic.h"

#include "base/log.h"
#include "model/shared_packet.h"
#include "topic/account_work.h"
#include "topic/me_credentials.h"
#include "topic/me_meta.h"
#include "topic/me_moderate.h"
#include "topic/me_presence.h"
#include "topic/me_tags.h"

namespace molva::topic {

using model::Fail;
using model::Fault;

void MeState::Send(const Requester& to, model::Packet packet) const {
  env.outbound.Reply(to.session, model::Share(std::move(packet)));
}

void MeState::Reply(const Requester& to, Fault fault, model::JsonFields params) const {
  Send(to, model::MakeCtrl(fault, to.request_id, to.topic_text, to.received, std::move(params)));
}

void MeState::Refuse(const Requester& to, const absl::Status& status) const {
  Reply(to, model::FaultOf(status));
}

void MeState::Broadcast(const model::Packet& packet, Except except) const {
  const model::PacketPtr shared = model::Share(packet);
  const std::vector<SessionListPtr> lists = sessions.Select([](model::UserId) { return true; });
  for (std::size_t shard = 0; shard < lists.size(); ++shard) {
    if (lists[shard] != nullptr) {
      env.outbound.FanOut(static_cast<int>(shard), lists[shard], shared, except);
    }
  }
}

MeTopic::MeTopic(model::TopicName name, const TopicEnv& env)
    : state_(std::make_shared<MeState>(name, env)) {}

void MeTopic::Handle(Command command) {
  if (const auto* resume = std::get_if<ResumeAccount>(&command)) return HandleResume(*resume);
  if (const auto* settled = std::get_if<TopicSettled>(&command)) {
    if (work_ != nullptr) work_->OnSettled(*settled);
    return;
  }
  if (IsEnding()) return RefuseOne(command, Fail(Fault::kUserNotFound, "the account is gone"));
  if (phase_ == Phase::kReady) return Dispatch(std::move(command));
  // While loading, status notices are dropped: the announcement that follows asks for them anew.
  if (std::holds_alternative<Active>(command) || std::holds_alternative<AskStatus>(command)) return;
  if (waiting_.size() >= state_->env.limits.max_waiting_commands &&
      !std::holds_alternative<SessionGone>(command)) {
    return RefuseOne(command, Fail(Fault::kServiceUnavailable, "too many commands wait"));
  }
  waiting_.push_back(std::move(command));
  if (phase_ == Phase::kFresh) Load();
}

void MeTopic::Load() {
  phase_ = Phase::kLoading;
  state_->env.store.FindUser(
      state_->user_id(), [self = shared_from_this()](auto user) { self->OnUser(std::move(user)); });
}

void MeTopic::OnUser(absl::StatusOr<std::optional<store::UserRecord>> user) {
  if (IsEnding()) return;
  if (!user.ok()) return FailLoad(user.status());
  if (!user->has_value()) return FailLoad(Fail(Fault::kUserNotFound, "the account is gone"));
  state_->user = **std::move(user);
  state_->env.store.FindSubscription(
      state_->name, state_->user_id(), false,
      [self = shared_from_this()](auto own) { self->OnOwnSubscription(std::move(own)); });
}

void MeTopic::OnOwnSubscription(absl::StatusOr<std::optional<store::SubscriptionRecord>> own) {
  if (IsEnding()) return;
  if (!own.ok()) return FailLoad(own.status());
  if (own->has_value()) state_->own_note = (*own)->private_note;
  state_->env.store.ListContacts(state_->user_id(), [self = shared_from_this()](auto contacts) {
    self->OnContacts(std::move(contacts));
  });
}

void MeTopic::OnContacts(absl::StatusOr<std::vector<store::Contact>> contacts) {
  if (IsEnding()) return;
  if (!contacts.ok()) return FailLoad(contacts.status());
  for (const store::Contact& contact : *contacts) {
    const store::SubscriptionRecord& own = contact.subscription;
    if (own.deleted.has_value() || own.is_reader || own.topic == state_->name) continue;
    state_->board.Add(own.topic, (own.want & own.given).Has(model::AccessMode::kPresence));
  }
  phase_ = Phase::kReady;
  Drain();
}

void MeTopic::FailLoad(const absl::Status& status) {
  phase_ = Phase::kFresh;
  RefuseAll(status);
  if (work_ == nullptr) state_->env.outbound.Unload(state_->name);
}

void MeTopic::RefuseOne(const Command& command, const absl::Status& status) {
  const bool is_awaited =
      std::holds_alternative<Join>(command) || std::holds_alternative<Depart>(command);
  std::visit(
      [&](const auto& body) {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, ChangeAccount>) {
          AnswerChange(*state_, body, status);
        } else if constexpr (std::is_same_v<std::decay_t<decltype(body)>, TakeCredentials>) {
          body.answer(status);
        } else if constexpr (requires { body.from; }) {
          state_->Refuse(body.from, status);
          if (!is_awaited) return;
          state_->env.outbound.Settle(body.from.session, state_->name, Outbound::Attached::kNo);
        }
      },
      command);
}

void MeTopic::RefuseAll(const absl::Status& status) {
  while (!waiting_.empty()) {
    const Command command = std::move(waiting_.front());
    waiting_.pop_front();
    RefuseOne(command, status);
  }
}

void MeTopic::Drain() {
  while (!waiting_.empty()) {
    Command command = std::move(waiting_.front());
    waiting_.pop_front();
    Handle(std::move(command));
  }
}

void MeTopic::Dispatch(Command command) {
  if (auto* noticed = std::get_if<Noticed>(&command)) {
    TakeNotice(*state_, *noticed->notice);
  } else if (auto* join = std::get_if<Join>(&command)) {
    HandleJoin(*join);
  } else if (auto* depart = std::get_if<Depart>(&command)) {
    HandleDepart(*depart);
  } else if (auto* query = std::get_if<Query>(&command)) {
    AnswerMe(state_, query->from, query->query, PlanOrder::kGet);
  } else if (auto* change = std::get_if<Change>(&command)) {
    ChangeMeIfAllowed(state_, std::move(*change));
  } else if (auto* publish = std::get_if<Publish>(&command)) {
    state_->Reply(publish->from, Fault::kPermissionDenied);
  } else if (auto* remove = std::get_if<Remove>(&command)) {
    if (remove->request.what == "cred") {
      DeleteCredential(state_, *remove);
    } else {
      state_->Reply(remove->from, Fault::kPermissionDenied);
    }
  } else if (auto* taken = std::get_if<TakeCredentials>(&command)) {
    TakeCredentialList(state_, *taken);
  } else if (auto* gone = std::get_if<SessionGone>(&command)) {
    Detach(gone->session);
  } else if (const auto* foreground = std::get_if<Foreground>(&command)) {
    if (state_->sessions.Show(foreground->session)) AnnounceUserOnline(*state_);
  } else if (auto* active = std::get_if<Active>(&command)) {
    HandleActive(*active);
  } else if (auto* swap = std::get_if<SwapTags>(&command)) {
    SwapMyTags(state_, *swap);
  } else if (auto* account = std::get_if<ChangeAccount>(&command)) {
    HandleAccount(*account);
  } else if (auto* status = std::get_if<PeerStatus>(&command)) {
    TakePeerStatus(state_, *status);
  } else if (auto* link = std::get_if<PeerLink>(&command)) {
    TakePeerLink(*state_, *link);
  }
  WatchIdle();
}

void MeTopic::HandleJoin(const Join& command) {
  MeState& me = *state_;
  if (me.sessions.Has(command.from.session)) {
    me.Reply(command.from, Fault::kAlreadySubscribed);
  } else {
    me.sessions.Add(command.from.session, me.user_id());
    if (command.from.is_background) me.sessions.Hide(command.from.session);
    if (me.user_agent.empty()) me.user_agent = command.from.user_agent;
    me.Reply(command.from, Fault::kOk);
  }
  me.env.outbound.Settle(command.from.session, me.name, Outbound::Attached::kYes);
  if (me.sessions.CountSeen() > 0) AnnounceUserOnline(me);
  if (command.request.get.has_value()) {
    AnswerMe(state_, command.from, *command.request.get, PlanOrder::kSub);
  }
}

void MeTopic::HandleDepart(const Depart& command) {
  MeState& me = *state_;
  const bool attached = me.sessions.Has(command.from.session);
  if (!attached) {
    me.Reply(command.from, command.unsubscribe ? Fault::kMustAttachFirst : Fault::kNotJoined);
  } else if (command.unsubscribe) {
    me.Reply(command.from, Fault::kPermissionDenied);
  } else {
    me.Reply(command.from, Fault::kOk);
    Detach(command.from.session);
  }
  me.env.outbound.Settle(
      command.from.session, me.name,
      attached && command.unsubscribe ? Outbound::Attached::kYes : Outbound::Attached::kNo);
}

void MeTopic::Detach(model::SessionHandle session) {
  MeState& me = *state_;
  const bool was_seen = !me.sessions.IsHidden(session);
  if (!me.sessions.Remove(session).has_value() || !was_seen) return;
  me.user.last_seen = me.env.shard.Now();
  me.user.user_agent = me.user_agent;
  me.env.store.Write({store::PutLastSeen{me.user_id(), *me.user.last_seen, me.user_agent}},
                     [](const absl::Status& status) {
                       if (!status.ok()) {
                         base::LogWarning("last-seen time not stored",
                                          {{"error", std::string(status.message())}});
                       }
                     });
}

void MeTopic::HandleActive(const Active& active) {
  MeState& me = *state_;
  if (active.user_agent.empty() || active.user_agent == me.user_agent) return;
  next_user_agent_ = active.user_agent;
  if (agent_timer_ != runtime::TimerId::kNone) return;
  agent_timer_ = me.env.shard.StartTimer(me.env.limits.user_agent_delay, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->agent_timer_ = runtime::TimerId::kNone;
    self->state_->user_agent = self->next_user_agent_;
    AnnounceUserAgent(*self->state_);
  });
}

void MeTopic::WatchIdle() {
  MeState& me = *state_;
  // A foreign user is online for as long as his server says so.
  const bool is_foreign = me.env.names.IsForeign(me.user_id());
  if (!me.sessions.empty() || (is_foreign && me.is_online)) {
    me.env.shard.CancelTimer(idle_timer_);
    idle_timer_ = runtime::TimerId::kNone;
  } else if (idle_timer_ == runtime::TimerId::kNone) {
    idle_timer_ = me.env.shard.StartTimer(me.env.limits.linger, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->OnIdle();
    });
  }
}

void MeTopic::OnIdle() {
  idle_timer_ = runtime::TimerId::kNone;
  if (!state_->sessions.empty() || work_ != nullptr) return;
  if (state_->is_online && state_->env.names.IsForeign(state_->user_id())) return;
  if (state_->credential_line->is_busy()) return WatchIdle();
  if (state_->card_line != nullptr && state_->card_line->is_busy()) return WatchIdle();
  AnnounceUserOffline(*state_);
  state_->env.outbound.Unload(state_->name);
}

}  // namespace molva::topic
