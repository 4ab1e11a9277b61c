#include "remote_plugin/shard_desk.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "remote_plugin/inquiry.h"

namespace molva::remote_plugin {
namespace {

wire::PluginSession SessionOf(const names::NameBook& names, session::Petitioner from) {
  wire::PluginSession session;
  session.id =
      fmt::format("{}.{}.{}", from.session.shard, from.session.slot, from.session.generation);
  if (from.user != model::UserId::Nobody()) session.user = names.TextOf(from.user);
  session.level = from.level;
  session.remote_address = std::move(from.remote_address);
  session.user_agent = std::move(from.user_agent);
  session.device_id = std::move(from.device_id);
  session.language = std::move(from.language);
  return session;
}

EventKinds KindsOf(const std::vector<std::unique_ptr<OutsidePlugin>>& plugins) {
  EventKinds kinds{false, false, false, false};
  for (const auto& plugin : plugins) {
    const PluginOptions& options = plugin->options();
    kinds.account |= options.account.has_value();
    kinds.topic |= options.topic.has_value();
    kinds.subscription |= options.subscription.has_value();
    kinds.message |= options.message.has_value();
  }
  return kinds;
}

// Calls `done` on `shard`.
template <typename Done>
auto PostedTo(runtime::Shard& shard, Done done) {
  return [&shard, done = std::move(done)](auto verdict) mutable {
    shard.Post([done = std::move(done), verdict = std::move(verdict)]() mutable {
      done(std::move(verdict));
    });
  };
}

}  // namespace

ShardDesk::ShardDesk(const Switchboard& board, runtime::Shard& shard)
    : board_(board), shard_(shard), kinds_(KindsOf(board.plugins)) {}

bool ShardDesk::Wants(const model::Request& request) const {
  return std::any_of(board_.plugins.begin(), board_.plugins.end(), [&](const auto& plugin) {
    const std::optional<RequestRule>& rule = plugin->options().fire_hose;
    return rule.has_value() && rule->Matches(request);
  });
}

void ShardDesk::Judge(session::Petitioner from, model::Request request,
                      session::RequestFilter::Done done) {
  auto inquiry = std::make_shared<RequestInquiry>(
      board_, SessionOf(board_.names, std::move(from)), std::move(request), shard_.Now(),
      session::RequestFilter::Done(PostedTo(shard_, std::move(done))));
  board_.loop.Post([inquiry = std::move(inquiry)] { inquiry->AskNext(); });
}

void ShardDesk::Judge(model::UserId asker, std::string text, topic::SearchFilter::Done done) {
  auto inquiry =
      std::make_shared<SearchInquiry>(board_, board_.names.TextOf(asker), std::move(text),
                                      topic::SearchFilter::Done(PostedTo(shard_, std::move(done))));
  board_.loop.Post([inquiry = std::move(inquiry)] { inquiry->AskNext(); });
}

bool ShardDesk::IsWanted(const wire::PluginEvent& event) const {
  return std::any_of(board_.plugins.begin(), board_.plugins.end(),
                     [&event](const auto& plugin) { return plugin->Wants(event); });
}

store::Written ShardDesk::Watch(const store::Batch& batch, store::Written done) {
  std::vector<wire::PluginEvent> events = EventsOf(batch, board_.names, kinds_);
  std::erase_if(events, [this](const wire::PluginEvent& event) { return !IsWanted(event); });
  if (events.empty()) return done;
  return [this, events = std::move(events), done = std::move(done)](absl::Status status) mutable {
    if (status.ok()) Tell(std::move(events));
    done(std::move(status));
  };
}

void ShardDesk::Tell(std::vector<wire::PluginEvent> events) {
  for (wire::PluginEvent& event : events) {
    std::vector<OutsidePlugin*> told;
    for (const auto& plugin : board_.plugins) {
      if (plugin->Wants(event) && plugin->TakeSlot()) told.push_back(plugin.get());
    }
    if (told.empty()) continue;
    board_.loop.Post([event = std::move(event), told = std::move(told)] {
      const std::string bytes = wire::EncodeEvent(event);
      for (OutsidePlugin* plugin : told) plugin->Tell(event, bytes);
    });
  }
}

}  // namespace molva::remote_plugin
