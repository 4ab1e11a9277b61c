#include "plugin/moderation_adapter.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "base/status_macros.h"
#include "molva/plugin.hpp"
#include "plugin/arena.h"
#include "plugin/open_instance.h"
#include "plugin/verdict_reader.h"
#include "runtime/signal_mask.h"

namespace molva::plugin {
namespace {

using moderation::Case;
using moderation::Verdict;

enum class ModerationCall { kOpen, kJudge };
constexpr std::array<std::string_view, 2> kModerationCalls = {"open", "judge"};

molva_moderation_what ToC(moderation::Subject subject) {
  switch (subject) {
    case moderation::Subject::kMessage:
      return MOLVA_MODERATION_MESSAGE;
    case moderation::Subject::kAccount:
      return MOLVA_MODERATION_ACCOUNT;
    case moderation::Subject::kContact:
      break;
  }
  return MOLVA_MODERATION_CONTACT;
}

molva_moderation_case ToC(const Case& what, Arena& arena) {
  auto text = sdk::Sized<molva_moderation_case>();
  text.what = ToC(what.subject);
  text.when = absl::ToUnixMillis(what.when);
  text.topic = sdk::Text(what.topic);
  text.author = sdk::Text(what.author);
  text.origin = sdk::Text(what.origin);
  text.peer = sdk::Text(what.peer);
  text.head = arena.Keep(model::JsonObject(what.head).text);
  text.content = sdk::Text(what.content.text);
  text.replaces = sdk::Text(what.replaces);
  text.files = arena.List(what.files);
  text.tags = arena.List(what.tags);
  text.is_new = what.is_new ? 1 : 0;
  return text;
}

}  // namespace

ModerationPlugin::ModerationPlugin(const Library& library, ModerationOptions options)
    : api_(library.moderation_api()),
      name_(library.name()),
      options_(options),
      calls_(std::make_shared<CallStats>(library.Label(), kModerationCalls)),
      host_(fmt::format("moderation {}", name_)),
      client_{sizeof(molva_moderation_client), 0, this, &ModerationPlugin::OnDecide} {}

absl::StatusOr<std::unique_ptr<ModerationPlugin>> ModerationPlugin::Open(
    const Library& library, const std::string& config, ModerationOptions options) {
  std::unique_ptr<ModerationPlugin> plugin(new ModerationPlugin(library, options));
  MOLVA_ASSIGN_OR_RETURN(
      molva_moderation* const instance,
      OpenInstance<molva_moderation>(
          plugin->host_, [&](const molva_sink* why, molva_moderation** out) {
            CallTimer timer(*plugin->calls_, ModerationCall::kOpen);
            return timer.Answered(plugin->api_.open(plugin->host_.table(), &plugin->client_,
                                                    sdk::Text(config), why, out));
          }));
  plugin->instance_ = instance;
  plugin->thread_ = std::thread([self = plugin.get()] { self->Run(); });
  return plugin;
}

ModerationPlugin::~ModerationPlugin() {
  if (instance_ == nullptr) return;
  while (!Stop(absl::Hours(1))) continue;
  thread_.join();
  api_.close(instance_);
}

bool ModerationPlugin::Stop(absl::Duration grace) {
  absl::flat_hash_map<Ticket, Waiting> unanswered;
  const auto until = std::chrono::steady_clock::now() + absl::ToChronoMilliseconds(grace);
  const runtime::MutexLock lock(mutex_);
  is_stopping_ = true;
  unanswered.swap(waiting_);
  wake_.notify_all();
  while (!has_ended_) {
    if (wake_.wait_until(mutex_, until) == std::cv_status::timeout) return has_ended_;
  }
  return true;
}

bool ModerationPlugin::Wants(moderation::Subject subject) const {
  return (api_.wants & MOLVA_MODERATES(ToC(subject))) != 0;
}

moderation::Judge::Ticket ModerationPlugin::Ask(std::shared_ptr<const Case> what, Answer answer) {
  Ticket ticket = 0;
  {
    const runtime::MutexLock lock(mutex_);
    ticket = ++last_ticket_;
    if (waiting_.size() < options_.max_waiting) {
      waiting_.emplace(ticket, Waiting{std::move(answer), CallStats::Clock::now()});
      queue_.push_back({ticket, std::move(what)});
    }
  }
  if (answer) {  // it was not taken
    answer(absl::UnavailableError("too many cases wait"));
  } else {
    wake_.notify_one();
  }
  return ticket;
}

void ModerationPlugin::Forget(Ticket ticket) {
  Waiting forgotten;
  {
    const runtime::MutexLock lock(mutex_);
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) return;
    forgotten = std::move(found->second);
    waiting_.erase(found);
    std::erase_if(queue_, [ticket](const Queued& queued) { return queued.ticket == ticket; });
  }
  calls_->Count(static_cast<std::size_t>(ModerationCall::kJudge), CallOutcome::kFailed,
                CallStats::Clock::now() - forgotten.since);
}

std::size_t ModerationPlugin::waiting() const {
  const runtime::MutexLock lock(mutex_);
  return waiting_.size();
}

void ModerationPlugin::OnDecide(void* context, std::uint64_t token, const molva_verdict* verdict) {
  ModerationPlugin& self = *static_cast<ModerationPlugin*>(context);
  absl::StatusOr<Verdict> read = ReadVerdict(verdict, self.options_.max_content_bytes);
  if (read.ok()) read->by = self.name_;
  self.Decide(token, std::move(read));
}

void ModerationPlugin::Decide(Ticket ticket, absl::StatusOr<Verdict> verdict) {
  Waiting decided;
  {
    const runtime::MutexLock lock(mutex_);
    const auto found = waiting_.find(ticket);
    if (found == waiting_.end()) {
      ++late_;
      return;
    }
    decided = std::move(found->second);
    waiting_.erase(found);
  }
  calls_->Count(static_cast<std::size_t>(ModerationCall::kJudge),
                verdict.ok() ? CallOutcome::kOk : CallOutcome::kFailed,
                CallStats::Clock::now() - decided.since);
  decided.answer(std::move(verdict));
}

void ModerationPlugin::Run() {
  runtime::BlockAllSignals();
  for (Queued queued = Take(); queued.what != nullptr; queued = Take()) {
    Arena arena;
    const molva_moderation_case text = ToC(*queued.what, arena);
    api_.judge(instance_, queued.ticket, &text);
  }
  {
    const runtime::MutexLock lock(mutex_);
    has_ended_ = true;
  }
  wake_.notify_all();
}

ModerationPlugin::Queued ModerationPlugin::Take() {
  const runtime::MutexLock lock(mutex_);
  while (queue_.empty() && !is_stopping_) wake_.wait(mutex_);
  if (is_stopping_) return {};
  Queued queued = std::move(queue_.front());
  queue_.pop_front();
  return queued;
}

}  // namespace molva::plugin
