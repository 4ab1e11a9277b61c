#include "push/desk.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace molva::push {

using model::UserId;

Desk::Desk(runtime::Shard& shard, store::Store& store, std::vector<Pusher*> pushers)
    : shard_(shard), store_(store), pushers_(std::move(pushers)) {}

void Desk::Take(const DeskNews& news) {
  if (!has_pushers()) return;
  if (const auto* event = std::get_if<NewsPtr>(&news)) {
    TakeNews(*event);
  } else if (const auto* forget = std::get_if<ForgetUser>(&news)) {
    Forget(forget->user);
  } else {
    Move(std::get<DeviceMoved>(news));
  }
}

void Desk::TakeNews(const NewsPtr& news) {
  Receipt receipt{news->payload, {}, news->channel};
  for (std::size_t i = 0; i < news->targets.size(); ++i) {
    const Target& target = news->targets[i];
    Entry& entry = Touch(target.user);
    if (entry.load == 0) {
      Deliver(entry, *news, target, receipt);
    } else if (entry.waiting.size() < kMaxWaiting) {
      entry.waiting.push_back({news, i});
    } else {
      Drop(1);
    }
  }
  Push(std::move(receipt));
}

void Desk::Push(Receipt receipt) {
  if (receipt.recipients.empty() && receipt.channel.empty()) return;
  const auto shared = std::make_shared<const Receipt>(std::move(receipt));
  for (Pusher* pusher : pushers_) pusher->Push(shared);
}

void Desk::Deliver(Entry& entry, const News& news, const Target& target, Receipt& receipt) {
  if (entry.devices.empty()) return;
  Mark& mark = entry.marks[news.topic];
  entry.unread -= mark.unread();
  if (news.payload.what == What::kMessage) {
    // The first of a topic that was none of his.
    if (mark.seq == 0) mark.read = news.payload.seq - 1;
    mark.seq = std::max(mark.seq, news.payload.seq);
  }
  mark.read = std::max(mark.read, target.read);
  entry.unread += mark.unread();
  receipt.recipients.push_back(
      {target.user, target.topic, target.is_silent, entry.unread, entry.devices});
}

Desk::Entry& Desk::Touch(UserId user) {
  const auto [at, is_new] = entries_.try_emplace(user);
  Entry& entry = at->second;
  if (is_new) {
    entry.place = by_age_.insert(by_age_.end(), user);
    Load(user, entry);
  } else {
    by_age_.splice(by_age_.end(), by_age_, entry.place);
    if (entry.load == 0 && shard_.Now() - entry.loaded > kMaxAge) Load(user, entry);
  }
  if (by_age_.size() > kMaxUsers) {
    const UserId oldest = by_age_.front();
    Drop(entries_.at(oldest).waiting.size());
    Erase(oldest);
    return entries_.at(user);  // what is erased may move the others
  }
  return entry;
}

void Desk::Erase(UserId user) {
  const auto at = entries_.find(user);
  Clear(at->second);
  loading_.erase(user);
  by_age_.erase(at->second.place);
  entries_.erase(at);
}

void Desk::Forget(UserId user) {
  const auto at = entries_.find(user);
  if (at == entries_.end()) return;
  if (at->second.load != 0) return Load(user, at->second);  // once more
  Erase(user);
}

void Desk::Move(const DeviceMoved& moved) {
  Forget(moved.user);
  const auto owner = owners_.find(moved.id);
  if (owner != owners_.end() && owner->second != moved.user) Forget(UserId(owner->second));
  // Who is being read may have been read before.
  for (const UserId user : std::vector<UserId>(loading_.begin(), loading_.end())) Forget(user);
}

void Desk::Clear(Entry& entry) {
  for (const Device& device : entry.devices) owners_.erase(device.id);
  entry.devices.clear();
  entry.marks.clear();
  entry.unread = 0;
}

void Desk::Load(UserId user, Entry& entry) {
  entry.load = ++last_load_;
  loading_.insert(user);
  store_.ListDevices(user, [this, user, load = entry.load](
                               absl::StatusOr<std::vector<store::DeviceRecord>> devices) {
    OnDevices(user, load, std::move(devices));
  });
}

Desk::Entry* Desk::FindLoading(UserId user, std::uint64_t load) {
  const auto at = entries_.find(user);
  return at != entries_.end() && at->second.load == load ? &at->second : nullptr;
}

void Desk::FailLoad(UserId user, const absl::Status& status) {
  base::LogWarning("devices not read", {{"error", std::string(status.message())}});
  Drop(entries_.at(user).waiting.size());
  Erase(user);
}

void Desk::OnDevices(UserId user, std::uint64_t load,
                     absl::StatusOr<std::vector<store::DeviceRecord>> devices) {
  Entry* entry = FindLoading(user, load);
  if (entry == nullptr) return;
  if (!devices.ok()) return FailLoad(user, devices.status());
  Clear(*entry);
  for (store::DeviceRecord& device : *devices) {
    owners_.insert_or_assign(device.id, user);
    entry->devices.push_back({std::move(device.id), std::move(device.platform),
                              std::move(device.language), device.last_seen});
  }
  if (entry->devices.empty()) return Finish(user, *entry);
  store_.FindUser(user,
                  [this, user, load](absl::StatusOr<std::optional<store::UserRecord>> record) {
                    OnUser(user, load, std::move(record));
                  });
}

void Desk::OnUser(UserId user, std::uint64_t load,
                  absl::StatusOr<std::optional<store::UserRecord>> record) {
  Entry* entry = FindLoading(user, load);
  if (entry == nullptr) return;
  if (!record.ok()) return FailLoad(user, record.status());
  if (!record->has_value() || (*record)->state != store::State::kOk) {
    Clear(*entry);
    return Finish(user, *entry);
  }
  store_.ListContacts(user,
                      [this, user, load](absl::StatusOr<std::vector<store::Contact>> contacts) {
                        OnContacts(user, load, std::move(contacts));
                      });
}

void Desk::OnContacts(UserId user, std::uint64_t load,
                      absl::StatusOr<std::vector<store::Contact>> contacts) {
  Entry* entry = FindLoading(user, load);
  if (entry == nullptr) return;
  if (!contacts.ok()) return FailLoad(user, contacts.status());
  for (const store::Contact& contact : *contacts) {
    const store::SubscriptionRecord& own = contact.subscription;
    const bool counts = !own.is_reader && !own.deleted.has_value() &&
                        (own.want & own.given).Has(model::AccessMode::kRead) &&
                        contact.topic.state == store::State::kOk;
    if (!counts) continue;
    const Mark mark{contact.topic.seq, own.read};
    entry->unread += mark.unread();
    entry->marks.emplace(own.topic, mark);
  }
  Finish(user, *entry);
}

void Desk::Finish(UserId user, Entry& entry) {
  entry.load = 0;
  loading_.erase(user);
  entry.loaded = shard_.Now();
  for (const Waiting& waiting : std::exchange(entry.waiting, {})) {
    Receipt receipt{waiting.news->payload, {}, ""};
    Deliver(entry, *waiting.news, waiting.news->targets[waiting.target], receipt);
    Push(std::move(receipt));
  }
}

}  // namespace molva::push
