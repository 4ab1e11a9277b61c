#include "topic/channel_readers.h"

#include <algorithm>

#include "base/check.h"

namespace molva::topic {

ChannelReaders::Reader* ChannelReaders::Find(model::UserId user) {
  const auto at = readers_.find(user);
  return at == readers_.end() ? nullptr : &at->second;
}

const ChannelReaders::Reader* ChannelReaders::Find(model::UserId user) const {
  const auto at = readers_.find(user);
  return at == readers_.end() ? nullptr : &at->second;
}

void ChannelReaders::Tidy(model::UserId user) {
  const auto at = readers_.find(user);
  if (at != readers_.end() && at->second.sessions.empty() && !at->second.is_busy) {
    readers_.erase(at);
  }
}

void ChannelReaders::Begin(model::UserId user) {
  Reader& reader = readers_.at(user);
  MOLVA_CHECK(!reader.is_busy, "a reader does one thing at a time");
  reader.is_busy = true;
  ++busy_;
}

std::vector<Command> ChannelReaders::Finish(model::UserId user) {
  Reader& reader = readers_.at(user);
  MOLVA_CHECK(reader.is_busy, "Finish without Begin");
  reader.is_busy = false;
  --busy_;
  return std::exchange(reader.waiting, {});
}

void ChannelReaders::Attach(model::SessionHandle session, model::UserId user) {
  Seat seat{user};
  if (!seats_.emplace(session, seat).second) return;
  readers_.at(user).sessions.push_back(session);
  std::vector<List>& lists = lists_[session.shard];
  if (lists.empty() || lists.back().sessions.size() >= kListSize) lists.emplace_back();
  List& list = lists.back();
  seat.list = static_cast<std::uint32_t>(lists.size() - 1);
  seat.index = static_cast<std::uint32_t>(list.sessions.size());
  list.sessions.push_back(session);
  list.shared.reset();
  seats_[session] = seat;
}

std::optional<model::UserId> ChannelReaders::Detach(model::SessionHandle session) {
  const auto at = seats_.find(session);
  if (at == seats_.end()) return std::nullopt;
  const Seat seat = at->second;
  seats_.erase(at);
  std::erase(readers_.at(seat.user).sessions, session);
  // The last session of the shard takes the free place, so that all lists but the last are full.
  std::vector<List>& lists = lists_[session.shard];
  List& last = lists.back();
  const model::SessionHandle moved = last.sessions.back();
  last.sessions.pop_back();
  last.shared.reset();
  if (moved != session) {
    List& list = lists[seat.list];
    list.sessions[seat.index] = moved;
    list.shared.reset();
    Seat& its_seat = seats_.at(moved);
    its_seat.list = seat.list;
    its_seat.index = seat.index;
  }
  if (last.sessions.empty()) lists.pop_back();
  return seat.user;
}

std::vector<model::UserId> ChannelReaders::Attached() const {
  std::vector<model::UserId> users;
  for (const auto& [user, reader] : readers_) {
    if (!reader.sessions.empty()) users.push_back(user);
  }
  std::sort(users.begin(), users.end());
  return users;
}

}  // namespace molva::topic
