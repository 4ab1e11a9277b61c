#include "remote_plugin/outside_plugin.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/strings.h"

namespace molva::remote_plugin {
namespace {

Method MethodOf(const wire::PluginEvent& event) {
  constexpr std::array kMethods = {Method::kAccount, Method::kTopic, Method::kSubscription,
                                   Method::kMessage};
  return kMethods[event.index()];
}

bool IsWanted(const std::optional<EventRule>& rule, std::string_view topic, wire::Crud action) {
  return rule.has_value() && rule->Matches(topic, action);
}

}  // namespace

OutsidePlugin::OutsidePlugin(CallLoop& loop, PluginOptions options, std::size_t max_answer_bytes)
    : loop_(loop),
      options_(std::move(options)),
      breaker_(options_.breaker, random_),
      channel_(loop, options_, max_answer_bytes) {}

void OutsidePlugin::Ask(Method method, const std::string& request, Done done) {
  if (asking_ < options_.calls_at_once) return AskNow(method, request, std::move(done));
  if (asks_.size() >= kMaxWaiting) {
    return Refuse(method, absl::ResourceExhaustedError("too many calls wait"), std::move(done));
  }
  asks_.push_back({method, request, std::move(done), loop_.Now()});
}

void OutsidePlugin::AskNow(Method method, const std::string& request, Done done) {
  const auto permit = loop_.stopping() ? base::Breaker::Permit::kNo : breaker_.Admit(loop_.Now());
  if (permit == base::Breaker::Permit::kNo) {
    return Refuse(method, absl::UnavailableError("the plugin has failed"), std::move(done));
  }
  ++asking_;
  Call(method, request, permit,
       [this, done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
         --asking_;
         return done(std::move(answer));
       });
}

// Those that have waited for too long are as late as a call that took too long.
void OutsidePlugin::AskWaiting() {
  while (!asks_.empty() && asking_ < options_.calls_at_once) {
    WaitingAsk next = std::move(asks_.front());
    asks_.pop_front();
    if (loop_.Now() - next.since > options_.timeout) {
      Refuse(next.method, absl::ResourceExhaustedError("its turn did not come"),
             std::move(next.done));
    } else {
      AskNow(next.method, next.request, std::move(next.done));
    }
  }
}

void OutsidePlugin::Refuse(Method method, const absl::Status& why, Done done) {
  stats_.Count(method, Outcome::kRefused);
  const absl::Status no_answer = done(why);
  MOLVA_CHECK(!no_answer.ok(), "nothing was asked, and yet there is an answer");
}

void OutsidePlugin::Call(Method method, const std::string& request, base::Breaker::Permit permit,
                         Done done) {
  const auto unreachable = permit == base::Breaker::Permit::kProbe
                               ? PluginChannel::Unreachable::kDial
                               : PluginChannel::Unreachable::kFail;
  channel_.Call(NameOf(method), request, unreachable,
                [this, method, begun = loop_.Now(),
                 done = std::move(done)](absl::StatusOr<std::string> answer) mutable {
                  if (stats_.observe) stats_.observe(method, loop_.Now() - begun);
                  const absl::Status failure = answer.status();
                  const absl::Status nonsense = done(std::move(answer));
                  stats_.Count(method, !failure.ok()   ? Outcome::kFailed
                                       : nonsense.ok() ? Outcome::kOk
                                                       : Outcome::kRubbish);
                  OnOutcome(failure.ok() ? nonsense : failure);
                  TellNext();
                  AskWaiting();
                });
}

void OutsidePlugin::OnOutcome(const absl::Status& status) {
  status.ok() ? breaker_.OnSuccess() : breaker_.OnFailure(loop_.Now());
  const bool is_open = breaker_.state() != base::Breaker::State::kClosed;
  // From the first probe on it is the same trouble.
  const bool was_told = stats_.is_open.exchange(is_open);
  if (is_open == was_told || loop_.stopping()) return;
  if (is_open) {
    base::LogWarning(
        "a plugin fails and is left alone for a while",
        {{"plugin", options_.name}, {"error", std::string(base::ToStd(status.message()))}});
  } else {
    base::LogInfo("a plugin is back", {{"plugin", options_.name}});
  }
}

bool OutsidePlugin::Wants(const wire::PluginEvent& event) const {
  if (const auto* account = std::get_if<wire::AccountEvent>(&event)) {
    return options_.account.has_value() && options_.account->Matches(account->action);
  }
  if (const auto* topic = std::get_if<wire::TopicEvent>(&event)) {
    return IsWanted(options_.topic, topic->name, topic->action);
  }
  if (const auto* subscription = std::get_if<wire::SubscriptionEvent>(&event)) {
    return IsWanted(options_.subscription, subscription->topic, subscription->action);
  }
  const auto& message = std::get<wire::MessageEvent>(event);
  return IsWanted(options_.message, message.message.topic, message.action);
}

bool OutsidePlugin::TakeSlot() {
  if (stats_.queued.fetch_add(1) < options_.event_queue) return true;
  --stats_.queued;
  ++stats_.dropped;
  return false;
}

void OutsidePlugin::Tell(const wire::PluginEvent& event, const std::string& bytes) {
  events_.push_back({MethodOf(event), bytes});
  TellNext();
}

void OutsidePlugin::TellNext() {
  if (is_telling_ || events_.empty() || loop_.stopping()) return;
  const base::Breaker::Permit permit = breaker_.Admit(loop_.Now());
  if (permit == base::Breaker::Permit::kNo) {
    // A probe that is under way comes by here when it is done.
    if (breaker_.state() == base::Breaker::State::kProbing || waits_for_breaker_) return;
    waits_for_breaker_ = true;
    return loop_.RunAt(breaker_.retry_at(), [this] {
      waits_for_breaker_ = false;
      TellNext();
    });
  }
  is_telling_ = true;
  Call(events_.front().method, events_.front().bytes, permit,
       [this](const absl::StatusOr<std::string>& answer) {
         OnTold(answer.status());
         return absl::OkStatus();
       });
}

// Who could not be reached is told again; an event that was sent and failed is given up, or it
// would stand in the way of the others for ever.
void OutsidePlugin::OnTold(const absl::Status& status) {
  is_telling_ = false;
  if (absl::IsUnavailable(status)) return;
  if (!status.ok()) ++stats_.dropped;
  events_.pop_front();
  --stats_.queued;
}

}  // namespace molva::remote_plugin
