#include "app/hooks.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <utility>
#include <variant>

#include "base/status_macros.h"
#include "base/strings.h"
#include "wire/hook_message.h"
#include "wire/json_encoder.h"

namespace molva::app {
namespace {

using model::Fault;
using transport::HttpRequest;
using transport::HttpResponse;
using transport::LongPollAnswer;

constexpr std::array<std::string_view, 3> kOutcomes = {"published", "refused", "failed"};
constexpr int kMethodNotAllowed = 405;
constexpr int kFirstRefusal = 400;
constexpr int kFirstFailure = 500;

std::size_t OutcomeOf(int code) {
  if (code < kFirstRefusal) return 0;
  return code < kFirstFailure ? 1 : 2;
}

LongPollAnswer AnswerWith(const model::Ctrl& ctrl) {
  LongPollAnswer answer;
  answer.response.status = ctrl.code;
  answer.response.content_type = "application/json";
  wire::EncodeJson(ctrl, answer.response.body);
  return answer;
}

// `text`: what is wrong; empty: what the catalogue says.
LongPollAnswer AnswerWith(Fault fault, std::string_view text = {}) {
  model::Ctrl ctrl = model::MakeCtrl(fault, "", "", absl::Now());
  if (!text.empty()) ctrl.text = text;
  return AnswerWith(ctrl);
}

LongPollAnswer AnswerOtherMethod() {
  LongPollAnswer answer = AnswerWith(Fault::kOperationNotAllowed, "a hook takes POST");
  answer.response.status = kMethodNotAllowed;
  answer.response.headers.emplace_back("Allow", "POST");
  return answer;
}

}  // namespace

HookTable MakeHookTable(std::vector<HookOptions> options) {
  HookTable hooks;
  for (HookOptions& one : options) {
    hooks.emplace(std::move(one.secret_digest), std::make_unique<Hook>(std::move(one.target)));
  }
  return hooks;
}

void RegisterHooks(const HookTable& hooks, admin::MetricsRegistry& metrics) {
  for (const auto& [digest, hook] : hooks) {
    for (std::size_t outcome = 0; outcome < kOutcomes.size(); ++outcome) {
      metrics.AddCounterView(
          "molva_hook_messages_total", "What became of messages of incoming hooks.",
          [count = &hook->messages[outcome]] { return static_cast<double>(count->load()); },
          {{"hook", hook->target.name}, {"outcome", std::string(kOutcomes[outcome])}});
    }
  }
}

ShardHooks::ShardHooks(const HookTable& hooks, const session::SessionEnv& env,
                       std::size_t max_message_bytes)
    : hooks_(hooks),
      max_message_bytes_(max_message_bytes),
      decoder_(wire::DecodeLimits{.max_packet_bytes = max_message_bytes + wire::kHookPacketBytes}),
      desk_(env) {}

std::uint64_t ShardHooks::Take(transport::LongPollWaiter& waiter, const HttpRequest& request) {
  const auto refuse = [&waiter](LongPollAnswer answer) {
    waiter.OnAnswer(std::move(answer));
    return std::uint64_t{0};
  };
  const std::string_view secret =
      std::string_view(request.path).substr(transport::kHookPath.size());
  const auto found = hooks_.find(DigestOfSecret(secret));
  if (found == hooks_.end()) return refuse(AnswerWith(Fault::kNotFound, "there is no such hook"));
  if (request.method != "POST") return refuse(AnswerOtherMethod());
  Hook& hook = *found->second;
  if (request.body.size() > max_message_bytes_) return refuse(AnswerWith(Fault::kTooLarge));
  absl::StatusOr<model::Pub> message = wire::DecodeHookMessage(decoder_, request.body);
  if (!message.ok()) {
    ++hook.messages[OutcomeOf(kFirstRefusal)];
    return refuse(AnswerWith(Fault::kMalformed, base::ToStd(message.status().message())));
  }
  const std::uint64_t ticket = ++last_ticket_;
  awaited_.emplace(ticket, &waiter);
  desk_.Post(hook.target, request.remote_address, *std::move(message),
             [this, ticket, &hook](const model::Ctrl& ctrl) {
               ++hook.messages[OutcomeOf(ctrl.code)];
               const auto at = awaited_.find(ticket);
               if (at == awaited_.end()) return;
               transport::LongPollWaiter& told = *at->second;
               awaited_.erase(at);
               told.OnAnswer(AnswerWith(ctrl));
             });
  return ticket;
}

}  // namespace molva::app
