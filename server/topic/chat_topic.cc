#include "topic/chat_topic.h"

#include "topic/account_part.h"
#include "topic/announce.h"
#include "topic/call_desk.h"
#include "topic/channel.h"
#include "topic/create.h"
#include "topic/deletion.h"
#include "topic/expiry.h"
#include "topic/join.h"
#include "topic/leave.h"
#include "topic/meta_get.h"
#include "topic/meta_set.h"
#include "topic/moderate.h"
#include "topic/publish.h"
#include "topic/receipts.h"
#include "topic/remote/answers.h"
#include "topic/remote/notes.h"
#include "topic/remote/propose.h"
#include "topic/remote/recovery.h"
#include "topic/remote/replica.h"
#include "topic/remote/settle.h"
#include "topic/remote/take.h"
#include "topic/sys_topic.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;
using model::TopicKind;
using model::UserId;

void RefuseCommand(ChatCore& core, const Command& command, const absl::Status& status) {
  if (const auto* entries = std::get_if<PeerEntries>(&command)) {
    // Not taken now: the peer is told from where to send again once there is room.
    core.env.peers.AskAgain(entries->domain, core.name, entries->kind,
                            entries->items.empty() ? 0 : entries->items.front()->n - 1);
    return;
  }
  const Requester* from = RequesterOf(command);
  if (from == nullptr || std::holds_alternative<Mark>(command)) return;
  if (const auto* publish = std::get_if<Publish>(&command)) {
    return RefusePublish(core, *publish, status);
  }
  core.Refuse(*from, status);
  if (std::holds_alternative<Join>(command) || std::holds_alternative<Depart>(command)) {
    core.env.outbound.Settle(from->session, core.name, Outbound::Attached::kNo);
  }
}

void TellMemberNews(const ChatCore& core, const MemberNews& news) {
  const model::AccessMode mode = core.ModeOf(news.user);
  if (!mode.Has(model::AccessMode::kJoin)) return;
  core.Broadcast(
      [&](UserId u) { return u != news.user && core.ModeOf(u).Has(model::AccessMode::kPresence); },
      [&](UserId viewer) {
        model::Pres pres;
        pres.topic = core.ClientName(viewer);
        pres.src = core.TextOf(news.user);
        pres.what = std::string(presence::WordOf(news.what));
        pres.user_agent = news.user_agent;
        return model::Packet(std::move(pres));
      });
}

void AnswerStatus(const ChatCore& core, UserId user) {
  if (!core.is_online || !core.ModeOf(user).Has(model::AccessMode::kPresence)) return;
  presence::Notice notice;
  notice.what = presence::What::kOn;
  core.NotifyUser(user, notice);
}

// A topic that does not exist answers only what concerns its future or the peer's card.
bool NeedsExisting(const ChatCore& core, const Command& command) {
  if (core.exists || std::holds_alternative<Join>(command)) return false;
  return !(core.name.kind() == TopicKind::kP2p && std::holds_alternative<Query>(command));
}

bool WaitsWhileHeld(const Command& command) {
  return !std::holds_alternative<AskStatus>(command) &&
         !std::holds_alternative<MemberNews>(command) &&
         !std::holds_alternative<PeerLink>(command) && !std::holds_alternative<Kept>(command);
}

void HandleLink(const CorePtr& core, const PeerLink& link) {
  if (link.state == PeerLink::State::kUp) {
    RepeatMarks(*core, link.domain);
  } else if (link.domain == core->record.home) {
    AnswerQueued(core);
  }
}

bool IsFromPeer(const Command& command) {
  return std::holds_alternative<PeerEntries>(command) ||
         std::holds_alternative<PeerTook>(command) ||
         std::holds_alternative<PeerRefused>(command) ||
         std::holds_alternative<PeerNote>(command) || std::holds_alternative<PeerLink>(command) ||
         std::holds_alternative<GiveUp>(command);
}

}  // namespace

ChatTopic::ChatTopic(model::TopicName name, const TopicEnv& env)
    : core_(std::make_shared<ChatCore>(name, env)) {
  core_->on_resumed = [this](Command command) { Handle(std::move(command)); };
  core_->on_released = [this] {
    FinishProposal(core_);
    if (!core_->is_held()) Drain();
  };
}

ChatTopic::~ChatTopic() {
  core_->on_released = nullptr;
  core_->on_resumed = nullptr;
}

void ChatTopic::Handle(Command command) {
  const bool must_wait = phase_ != Phase::kReady || core_->is_held() || !waiting_.empty();
  if (!must_wait || !WaitsWhileHeld(command)) {
    if (phase_ == Phase::kReady) Dispatch(std::move(command));
    return;
  }
  // A session's end is never refused: it would leave a ghost. Nor is a call's.
  if (waiting_.size() >= core_->env.limits.max_waiting_commands &&
      !std::holds_alternative<SessionGone>(command) &&
      !std::holds_alternative<CallOverdue>(command)) {
    RefuseCommand(*core_, command, Fail(Fault::kServiceUnavailable, "too many commands wait"));
    return;
  }
  waiting_.push_back(std::move(command));
  if (phase_ == Phase::kFresh) Load();
}

void ChatTopic::Load() {
  const Join* join = std::get_if<Join>(&waiting_.front());
  if (join != nullptr && join->create != Join::Create::kNo) {
    // A fresh random name: there is nothing to load.
    phase_ = Phase::kReady;
    Drain();
    return;
  }
  phase_ = Phase::kLoading;
  core_->env.store.FindTopic(core_->name, [self = shared_from_this()](auto record) mutable {
    self->core_->env.store.ListSubscriptions(
        self->core_->name, [self, record = std::move(record)](auto subscriptions) mutable {
          self->OnLoaded(std::move(record), std::move(subscriptions));
        });
  });
}

void ChatTopic::OnLoaded(absl::StatusOr<std::optional<store::TopicRecord>> record,
                         absl::StatusOr<std::vector<store::SubscriptionRecord>> subscriptions) {
  if (!record.ok() || !subscriptions.ok()) {
    return FailLoad(record.ok() ? subscriptions.status() : record.status());
  }
  if (!record->has_value() && core_->name.kind() == TopicKind::kSys) {
    return CreateSys(core_, [self = shared_from_this()](const absl::Status& status) {
      status.ok() ? self->Load() : self->FailLoad(status);
    });
  }
  if (record->has_value() && (*record)->state != store::State::kDeleted) {
    core_->exists = true;
    core_->record = **record;
    core_->reserved_seq = core_->record.seq;
    for (store::SubscriptionRecord& subscription : *subscriptions) {
      const UserId user = subscription.user;
      core_->subscribers[user].record = std::move(subscription);
    }
    if (core_->record.is_channel) {
      core_->readers.subscribed = core_->record.subscriber_count - core_->CountLive();
    }
  }
  core_->env.names.is_federated() ? LoadLanes() : OnReady();
}

void ChatTopic::LoadLanes() {
  ReadLanes(core_, [self = shared_from_this()](const absl::Status& status) {
    status.ok() ? self->OnReady() : self->FailLoad(status);
  });
}

void ChatTopic::OnReady() {
  phase_ = Phase::kReady;
  Drain();
}

void ChatTopic::FailLoad(const absl::Status& status) {
  phase_ = Phase::kFresh;
  RefuseAll(status);
  core_->env.outbound.Unload(core_->name);
}

void ChatTopic::RefuseAll(const absl::Status& status) {
  while (!waiting_.empty()) {
    const Command command = std::move(waiting_.front());
    waiting_.pop_front();
    RefuseCommand(*core_, command, status);
  }
}

void ChatTopic::Drain() {
  if (is_draining_ || phase_ != Phase::kReady) return;
  is_draining_ = true;
  while (!waiting_.empty() && !core_->is_held()) {
    Command command = std::move(waiting_.front());
    waiting_.pop_front();
    Dispatch(std::move(command));
  }
  is_draining_ = false;
  WatchIdle();
}

void ChatTopic::Dispatch(Command command) {
  if (IsFromPeer(command)) {
    HandlePeer(command);
  } else if (auto* gone = std::get_if<SessionGone>(&command)) {
    HandleSessionGone(core_, gone->session);
  } else if (const auto* foreground = std::get_if<Foreground>(&command)) {
    HandleForeground(*core_, foreground->session);
  } else if (const auto* overdue = std::get_if<CallOverdue>(&command)) {
    HandleCallOverdue(core_, *overdue);
  } else if (auto* ask = std::get_if<AskStatus>(&command)) {
    AnswerStatus(*core_, ask->user);
  } else if (auto* news = std::get_if<MemberNews>(&command)) {
    TellMemberNews(*core_, *news);
  } else if (auto* account = std::get_if<AccountChanged>(&command)) {
    HandleAccountChanged(core_, *account);
  } else if (const auto* expire = std::get_if<Expire>(&command)) {
    HandleExpire(core_, *expire);
  } else if (const auto* kept = std::get_if<Kept>(&command)) {
    HandleKept(*core_, *kept);
  } else {
    CarryOut(std::move(command));
  }
  if (!is_draining_) WatchIdle();
}

void ChatTopic::CarryOut(Command command) {
  if (core_->env.services.moderator != nullptr) {
    const auto go_on = [weak = weak_from_this()](Command judged) {
      if (auto self = weak.lock()) self->CarryOutJudged(std::move(judged));
    };
    if (AwaitsVerdict(core_, command, go_on)) return;
  }
  CarryOutJudged(std::move(command));
}

void ChatTopic::CarryOutJudged(Command command) {
  const Requester* from = RequesterOf(command);
  if (from == nullptr) return;  // a command of `me`
  core_->lanes.actor = from->user;
  if (!from->is_remote() && TakeAtReplica(core_, command)) return;
  if (NeedsExisting(*core_, command)) {
    RefuseCommand(*core_, command, Fail(Fault::kTopicNotFound, "no such topic"));
  } else if (from->as_reader && core_->exists) {
    HandleAsReader(core_, std::move(command));
  } else if (auto* join = std::get_if<Join>(&command)) {
    const bool create = !core_->exists || LacksPeer(*core_);
    create ? CreateAndJoin(core_, *join) : HandleJoin(core_, *join);
  } else if (auto* depart = std::get_if<Depart>(&command)) {
    HandleDepart(core_, *depart);
  } else if (auto* publish = std::get_if<Publish>(&command)) {
    HandlePublish(core_, std::move(*publish));
  } else if (auto* query = std::get_if<Query>(&command)) {
    HandleQuery(core_, *query);
  } else if (auto* change = std::get_if<Change>(&command)) {
    HandleChange(core_, *change);
  } else if (auto* remove = std::get_if<Remove>(&command)) {
    HandleRemove(core_, *remove);
  } else if (auto* mark = std::get_if<Mark>(&command)) {
    HandleMark(core_, *mark);
  }
}

void ChatTopic::HandlePeer(Command& command) {
  if (auto* entries = std::get_if<PeerEntries>(&command)) {
    TakeFromPeer(std::move(*entries));
  } else if (const auto* took = std::get_if<PeerTook>(&command)) {
    HandleTook(core_, *took);
  } else if (const auto* note = std::get_if<PeerNote>(&command)) {
    HandlePeerNote(core_, *note);
  } else if (const auto* link = std::get_if<PeerLink>(&command)) {
    HandleLink(core_, *link);
  } else if (const auto* give_up = std::get_if<GiveUp>(&command)) {
    TellGivenUp(core_, give_up->oldest);
  }
}

// What does not fit now, because an entry holds the topic, goes back to the head of the line.
void ChatTopic::TakeFromPeer(PeerEntries entries) {
  const std::size_t done =
      entries.kind == LaneKind::kChain
          ? ApplyEvents(core_, entries)
          : TakeProposals(core_, entries, [this](Command one) { CarryOut(std::move(one)); });
  if (done >= entries.items.size()) return;
  entries.items.erase(entries.items.begin(),
                      entries.items.begin() + static_cast<std::ptrdiff_t>(done));
  waiting_.push_front(std::move(entries));
}

// Somebody waits for the topic, or for what its home says.
bool ChatTopic::IsBusy() const {
  return core_->is_held() || core_->publishes_in_flight > 0 || core_->is_resyncing ||
         core_->readers.is_busy() || !core_->lanes.waiting.empty();
}

void ChatTopic::WatchIdle() {
  // Readers of a channel keep it in memory, but not online.
  const bool idle =
      core_->sessions.empty() && waiting_.empty() && (core_->readers.empty() || core_->is_online);
  const bool busy = IsBusy();
  if (idle && !busy && !core_->exists) {
    // Whoever guesses names does not fill the memory with topics that do not exist.
    core_->env.shard.CancelTimer(idle_timer_);
    core_->env.outbound.Unload(core_->name);
  } else if (!idle) {
    core_->env.shard.CancelTimer(idle_timer_);
    idle_timer_ = runtime::TimerId::kNone;
  } else if (idle_timer_ == runtime::TimerId::kNone) {
    idle_timer_ = core_->env.shard.StartTimer(core_->env.limits.linger, [weak = weak_from_this()] {
      if (auto self = weak.lock()) self->OnIdle();
    });
  }
}

void ChatTopic::OnIdle() {
  idle_timer_ = runtime::TimerId::kNone;
  if (!core_->sessions.empty() || !waiting_.empty()) return;
  if (IsBusy()) return WatchIdle();
  AnnounceGroupOffline(*core_);
  if (!core_->readers.empty()) return;
  core_->env.outbound.Unload(core_->name);
}

}  // namespace molva::topic
