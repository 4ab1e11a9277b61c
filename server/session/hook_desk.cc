#include "session/hook_desk.h"

#include <optional>
#include <utility>
#include <variant>

#include "base/strings.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fault;

constexpr char kJoin[] = "join";
constexpr char kPublish[] = "publish";
constexpr char kVersion[] = "0.25";
// A topic that does not answer in this time may still store the message.
constexpr absl::Duration kPatience = absl::Seconds(15);
constexpr int kFirstRefusal = 400;

model::Request MakeRequest(std::string id, decltype(model::Request::body) body) {
  model::Request request;
  request.id = std::move(id);
  request.body = std::move(body);
  return request;
}

}  // namespace

// One message, and the connection of its session.
class HookDesk::Call final : public Connection {
 private:
  // Goes on with what the store has found; without it the call comes to nothing.
  template <typename Record, typename Next>
  auto Later(Next next) {
    return [&desk = desk_, id = id_, next](absl::StatusOr<std::optional<Record>> found) {
      Call* const call = desk.Find(id);
      if (call == nullptr) return;
      if (!found.ok()) return call->Refuse(Fault::kServiceUnavailable);
      if (!found->has_value()) return call->Refuse(Fault::kUserNotFound);
      next(*call, **found);
    };
  }

 public:
  Call(HookDesk& desk, std::uint64_t id, const HookTarget& target, std::string address,
       model::Pub message, Done done)
      : desk_(desk),
        id_(id),
        target_(target),
        address_(std::move(address)),
        message_(std::move(message)),
        done_(std::move(done)) {
    timer_ = shard().StartTimer(kPatience, [this] {
      timer_ = runtime::TimerId::kNone;
      Refuse(Fault::kServiceUnavailable);
    });
  }
  ~Call() override {
    shard().CancelTimer(timer_);
    if (session_ != nullptr) session_->OnClosed();
  }

  void Begin() {
    if (const auto user = model::UserId::Parse(target_.user); user.ok()) return FindUser(*user);
    store().FindAuth("basic", base::AsciiLower(target_.user),
                     Later<store::AuthRecord>([](Call& call, const store::AuthRecord& record) {
                       call.FindUser(record.user);
                     }));
  }

  SendResult Send(const model::PacketPtr& packet, Urgency /*urgency*/) override {
    // From inside the session, which must not be called from there.
    if (std::holds_alternative<model::Ctrl>(packet->packet())) {
      shard().Post([&desk = desk_, id = id_, packet] {
        if (Call* const call = desk.Find(id)) call->OnCtrl(std::get<model::Ctrl>(packet->packet()));
      });
    }
    return SendResult::kQueued;
  }
  void Close(CloseReason /*reason*/) override {
    shard().Post([&desk = desk_, id = id_] {
      if (Call* const call = desk.Find(id)) call->Refuse(Fault::kServiceUnavailable);
    });
  }
  void PauseReading() override {}
  void ResumeReading() override {}

 private:
  runtime::Shard& shard() const { return desk_.env_.router.shard(); }
  store::Store& store() const { return desk_.env_.router.store(); }

  void FindUser(model::UserId user) {
    store().FindUser(user, Later<store::UserRecord>([](Call& call, const store::UserRecord& found) {
                       if (!found.origin.empty()) return call.Refuse(Fault::kUserNotFound);
                       if (found.state != store::State::kOk) {
                         return call.Refuse(Fault::kPermissionDenied);
                       }
                       call.Join(found.id);
                     }));
  }

  void Join(model::UserId user) {
    session_ = std::make_unique<Session>(*this, desk_.env_, TransportKind::kWebSocket);
    Session::State& state = session_->state();
    state.phase = Session::Phase::kAuthenticated;
    state.level = model::AuthLevel::kAuth;
    state.user = user;
    state.remote_address = address_;
    state.version = kVersion;
    state.user_agent = "hook/" + target_.name;
    session_->StartInBackground();
    model::Sub sub;
    sub.topic = target_.topic;
    session_->OnRequest(MakeRequest(kJoin, std::move(sub)));
  }

  void OnCtrl(const model::Ctrl& ctrl) {
    if (ctrl.id == kPublish || (ctrl.id == kJoin && ctrl.code >= kFirstRefusal)) {
      return Finish(ctrl);
    }
    if (ctrl.id != kJoin) return;
    message_.topic = target_.topic;
    message_.no_echo = true;
    session_->OnRequest(MakeRequest(kPublish, std::move(message_)));
  }

  void Refuse(Fault fault) { Finish(model::MakeCtrl(fault, "", target_.topic, absl::Now())); }

  void Finish(model::Ctrl ctrl) {
    if (done_ == nullptr) return;
    ctrl.id.clear();
    Done done = std::exchange(done_, nullptr);
    // Not from inside the session, nor inside this.
    shard().Post([&desk = desk_, id = id_] { desk.calls_.erase(id); });
    done(std::move(ctrl));
  }

  HookDesk& desk_;
  const std::uint64_t id_;
  const HookTarget target_;
  const std::string address_;
  model::Pub message_;
  Done done_;  // null: it was answered
  runtime::TimerId timer_ = runtime::TimerId::kNone;
  std::unique_ptr<Session> session_;
};

HookDesk::HookDesk(const SessionEnv& env) : env_(env) {}

HookDesk::~HookDesk() = default;

HookDesk::Call* HookDesk::Find(std::uint64_t id) const {
  const auto at = calls_.find(id);
  return at == calls_.end() ? nullptr : at->second.get();
}

void HookDesk::Post(const HookTarget& target, std::string address, model::Pub message, Done done) {
  if (calls_.size() >= kMostCalls) {
    return done(model::MakeCtrl(Fault::kServiceUnavailable, "", target.topic, absl::Now()));
  }
  const std::uint64_t id = ++last_id_;
  auto call = std::make_unique<Call>(*this, id, target, std::move(address), std::move(message),
                                     std::move(done));
  calls_.emplace(id, std::move(call)).first->second->Begin();
}

}  // namespace molva::session
