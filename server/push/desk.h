// Knows devices and unread messages of users, and makes receipts of what happens.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <atomic>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <vector>

#include "push/news.h"
#include "push/receipt.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::push {

// The desk of one shard, for the users whose `me` topics belong there. It reads what it does not
// know from the store and forgets those it has not heard of for longest. News for a user who is
// being read waits; what waits beyond a bound is dropped, and counted.
//
// Thread:  confined to its shard.
// Borrows: all it is built with; outlived by it.
// Cost:    users without devices take one small entry and one read in kMaxAge.
// Source:  docs/protocol behaviour §17, plugin-and-backend §6.
class Desk {
 public:
  static constexpr std::size_t kMaxUsers = 10'000;
  static constexpr std::size_t kMaxWaiting = 256;  // of one user
  static constexpr absl::Duration kMaxAge = absl::Minutes(10);

  Desk(runtime::Shard& shard, store::Store& store, std::vector<Pusher*> pushers);
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // Without pushers there is nobody to be told, and nothing needs to come here.
  bool has_pushers() const { return !pushers_.empty(); }
  void Take(const DeskNews& news);
  // Events that were dropped for somebody. Any thread.
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

 private:
  struct Mark {
    model::SeqId seq = 0;
    model::SeqId read = 0;
    std::int32_t unread() const { return seq > read ? seq - read : 0; }
  };
  struct Waiting {
    NewsPtr news;
    std::size_t target = 0;
  };
  struct Entry {
    std::uint64_t load = 0;  // that is under way; 0: none
    absl::Time loaded;
    std::vector<Device> devices;
    absl::flat_hash_map<model::TopicName, Mark> marks;  // empty without devices
    std::int32_t unread = 0;                            // the sum of the marks
    std::vector<Waiting> waiting;
    std::list<model::UserId>::iterator place;
  };

  void TakeNews(const NewsPtr& news);
  void Forget(model::UserId user);
  void Move(const DeviceMoved& moved);
  // The entry of `user`, now the youngest; being read if it is new or old.
  Entry& Touch(model::UserId user);
  void Load(model::UserId user, Entry& entry);
  void OnDevices(model::UserId user, std::uint64_t load,
                 absl::StatusOr<std::vector<store::DeviceRecord>> devices);
  // Who may not log in is told nothing.
  void OnUser(model::UserId user, std::uint64_t load,
              absl::StatusOr<std::optional<store::UserRecord>> record);
  void OnContacts(model::UserId user, std::uint64_t load,
                  absl::StatusOr<std::vector<store::Contact>> contacts);
  // The entry that waits for `load`, or null.
  Entry* FindLoading(model::UserId user, std::uint64_t load);
  void FailLoad(model::UserId user, const absl::Status& status);
  void Finish(model::UserId user, Entry& entry);
  void Erase(model::UserId user);
  // Forgets what was read of the user.
  void Clear(Entry& entry);
  // Counts the event and, if the user has devices, adds him to `receipt`.
  static void Deliver(Entry& entry, const News& news, const Target& target, Receipt& receipt);
  void Push(Receipt receipt);
  void Drop(std::size_t count) { dropped_.fetch_add(count, std::memory_order_relaxed); }

  runtime::Shard& shard_;
  store::Store& store_;
  const std::vector<Pusher*> pushers_;
  absl::flat_hash_map<model::UserId, Entry> entries_;
  std::list<model::UserId> by_age_;                         // the oldest first
  absl::flat_hash_map<std::string, model::UserId> owners_;  // of the devices in entries
  absl::flat_hash_set<model::UserId> loading_;
  std::uint64_t last_load_ = 0;
  std::atomic<std::uint64_t> dropped_{0};
};

}  // namespace molva::push
