// What the writer remembers of topics, so that an append needs no query.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sql_common/connection.h"

namespace molva::sql_common {

// A topic as the open transaction sees it.
struct TopicState {
  std::int64_t id = 0;  // in topic_key
  bool exists = false;  // has a row in `topic`; without one only subscriptions may name it
  std::int32_t last_seq = 0;
  std::int64_t epoch = 0;
  std::int32_t unindexed = 0;  // the first message of which no words are known yet; 0: none
};

// States by name. Whoever changes the tables changes the state too; whoever rolls back forgets.
//
// Thread:  the writer's.
// Bounded: forgets everything when it has grown too big.
class TopicCache {
 public:
  explicit TopicCache(Connection& connection) : connection_(connection) {}

  // Sets *state, to nullptr for a name never used. Valid until the next Forget…
  Outcome Find(molva_text name, TopicState** state);
  // The same, giving the name a number at need.
  Outcome FindOrMake(molva_text name, TopicState** state);

  // Between batches: what is touched from here on can be forgotten by ForgetTouched.
  void StartBatch();
  void ForgetTouched();
  void ForgetAll();

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  using Map = std::unordered_map<std::string, TopicState, Hash, std::equal_to<>>;

  Connection& connection_;
  Map states_;
  std::vector<std::string> touched_;
};

}  // namespace molva::sql_common
