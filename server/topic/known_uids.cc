#include "topic/known_uids.h"

namespace molva::topic {
namespace {

// So that the store is asked to forget once for many.
constexpr std::size_t kSlack = 256;

}  // namespace

void KnownUids::Fill(const std::vector<store::UidRecord>& stored) {
  is_read_ = true;
  for (const store::UidRecord& one : stored) {
    Add(one.user, one.uid, one.seq);
    OnStored(one.seq);
  }
}

KnownUids::Entry* KnownUids::Find(model::UserId user, const std::string& uid) {
  const auto at = entries_.find(Key(user, uid));
  return at == entries_.end() ? nullptr : &at->second;
}

void KnownUids::Add(model::UserId user, const std::string& uid, model::SeqId seq) {
  entries_[Key(user, uid)] = Entry{seq, false, {}};
  by_seq_[seq] = Key(user, uid);
}

std::vector<Requester> KnownUids::OnStored(model::SeqId seq) {
  const auto at = by_seq_.find(seq);
  if (at == by_seq_.end()) return {};
  Entry& entry = entries_.at(at->second);
  entry.is_stored = true;
  return std::exchange(entry.repeats, {});
}

std::vector<Requester> KnownUids::OnFailed(model::SeqId seq) {
  const auto at = by_seq_.find(seq);
  if (at == by_seq_.end()) return {};
  std::vector<Requester> waiting = std::move(entries_.at(at->second).repeats);
  entries_.erase(at->second);
  by_seq_.erase(at);
  return waiting;
}

std::optional<model::SeqId> KnownUids::Trim() {
  if (by_seq_.size() <= static_cast<std::size_t>(kMost) + kSlack) return std::nullopt;
  std::optional<model::SeqId> through;
  while (by_seq_.size() > static_cast<std::size_t>(kMost)) {
    const auto oldest = by_seq_.begin();
    if (!entries_.at(oldest->second).is_stored) break;  // somebody waits for its answer
    through = oldest->first;
    entries_.erase(oldest->second);
    by_seq_.erase(oldest);
  }
  return through;
}

}  // namespace molva::topic
