// The names that clients gave to the last publications of a topic.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "store/records.h"
#include "topic/command.h"

namespace molva::topic {

// Uids by user, with the numbers of the messages that they became. Read from the store when the
// first publication with a uid comes, so that topics without them pay nothing.
//
// Thread:  the topic's.
// Bounded: kMost of them, and kMostRepeats who wait for the store in each.
class KnownUids {
 public:
  static constexpr std::int32_t kMost = 4096;
  static constexpr std::size_t kMostRepeats = 16;

  struct Entry {
    model::SeqId seq = 0;
    bool is_stored = false;
    std::vector<Requester> repeats;  // get the answer of the first one
  };

  bool is_read() const { return is_read_; }
  // What the store knows.
  void Fill(const std::vector<store::UidRecord>& stored);

  // Null: not known.
  Entry* Find(model::UserId user, const std::string& uid);
  // A publication is on its way to the store.
  void Add(model::UserId user, const std::string& uid, model::SeqId seq);
  // It is stored, or could not be and is forgotten. Returns who waits for the answer.
  std::vector<Requester> OnStored(model::SeqId seq);
  std::vector<Requester> OnFailed(model::SeqId seq);
  // Forgets the oldest ones beyond the bound, many at a time. Returns up to which number.
  std::optional<model::SeqId> Trim();

 private:
  using Key = std::pair<model::UserId, std::string>;

  bool is_read_ = false;
  absl::flat_hash_map<Key, Entry> entries_;
  std::map<model::SeqId, Key> by_seq_;
};

}  // namespace molva::topic
