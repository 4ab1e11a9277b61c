#include "remote_plugin/inquiry.h"

#include <fmt/core.h>

#include <utility>

namespace molva::remote_plugin {
namespace {

// What a plugin need not know to answer: which request it was, and when.
void Complete(const model::Request& request, absl::Time received, model::Packet& packet) {
  std::visit(
      [&](auto& part) {
        if constexpr (requires { part.id; }) {
          if (part.id.empty()) part.id = request.id;
        }
        if constexpr (requires { part.ts; }) {
          if (part.ts == absl::UnixEpoch()) part.ts = received;
        }
      },
      packet);
}

}  // namespace

void RequestInquiry::AskNext() {
  while (next_ < board_.plugins.size()) {
    OutsidePlugin& plugin = *board_.plugins[next_++];
    const std::optional<RequestRule>& rule = plugin.options().fire_hose;
    if (!rule.has_value() || !rule->Matches(request_)) continue;
    return plugin.Ask(
        Method::kFireHose, wire::EncodeFireHose(request_, session_),
        [self = shared_from_this(), &plugin](const absl::StatusOr<std::string>& bytes) {
          return self->OnAnswer(plugin.options(), bytes);
        });
  }
  done_(std::move(request_));
}

absl::Status RequestInquiry::OnAnswer(const PluginOptions& plugin,
                                      const absl::StatusOr<std::string>& bytes) {
  absl::StatusOr<wire::FireHoseAnswer> answer =
      bytes.ok() ? board_.decoder.DecodeFireHose(*bytes) : bytes.status();
  if (!answer.ok()) {
    OnFailure(plugin);
    return answer.status();
  }
  switch (answer->verdict) {
    case wire::PluginVerdict::kContinue:
      AskNext();
      break;
    case wire::PluginVerdict::kDrop:
      done_(session::RequestFilter::Forget{});
      break;
    case wire::PluginVerdict::kRespond:
      Answer(*std::move(answer->reply));
      break;
    case wire::PluginVerdict::kReplace:
      if (answer->request->id.empty()) answer->request->id = request_.id;
      done_(*std::move(answer->request));
      break;
  }
  return absl::OkStatus();
}

// Notes are never answered.
void RequestInquiry::OnFailure(const PluginOptions& plugin) {
  if (plugin.failure_code == 0) return AskNext();
  if (std::holds_alternative<model::Note>(request_.body)) {
    return done_(session::RequestFilter::Forget{});
  }
  model::Ctrl ctrl;
  ctrl.topic = model::TopicOf(request_);
  ctrl.code = plugin.failure_code;
  ctrl.text = plugin.failure_text;
  ctrl.ts = absl::UnixEpoch();
  Answer(std::move(ctrl));
}

void RequestInquiry::Answer(model::Packet packet) {
  Complete(request_, received_, packet);
  done_(std::move(packet));
}

void SearchInquiry::AskNext() {
  while (next_ < board_.plugins.size()) {
    OutsidePlugin& plugin = *board_.plugins[next_++];
    if (!plugin.options().has_find) continue;
    return plugin.Ask(
        Method::kFind, wire::EncodeFind(user_, text_),
        [self = shared_from_this(), &plugin](const absl::StatusOr<std::string>& bytes) {
          return self->OnAnswer(plugin.options(), bytes);
        });
  }
  done_(topic::SearchFilter::Search{std::move(text_)});
}

absl::Status SearchInquiry::OnAnswer(const PluginOptions& plugin,
                                     const absl::StatusOr<std::string>& bytes) {
  absl::StatusOr<wire::FindAnswer> answer =
      bytes.ok() ? board_.decoder.DecodeFind(*bytes) : bytes.status();
  if (!answer.ok()) {
    OnFailure(plugin);
    return answer.status();
  }
  switch (answer->verdict) {
    case wire::PluginVerdict::kContinue:
      AskNext();
      break;
    case wire::PluginVerdict::kDrop:
      done_(topic::SearchFilter::Found{});
      break;
    case wire::PluginVerdict::kRespond:
      done_(std::move(answer->result));
      break;
    case wire::PluginVerdict::kReplace:
      done_(topic::SearchFilter::Search{std::move(answer->query)});
      break;
  }
  return absl::OkStatus();
}

void SearchInquiry::OnFailure(const PluginOptions& plugin) {
  if (plugin.failure_code == 0) return AskNext();
  done_(model::Fault::kServiceUnavailable);
}

}  // namespace molva::remote_plugin
