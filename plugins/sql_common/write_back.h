// Rows that change with nearly every batch: read once, changed in memory, written once per commit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sql_common/outcome.h"

namespace molva::sql_common {

// The states of rows by key, as the open transaction will leave them. What is changed here must be
// written before COMMIT, and before a batch that may be undone alone.
//
// Thread:  the writer's.
// Bounded: forgets everything when it has grown too big.
template <typename State>
class WriteBack {
 public:
  struct Row {
    std::string_view key;
    State state;
    bool is_changed = false;
    std::uint64_t touched_in = 0;  // number of the batch
  };

  // nullptr if it is not remembered. Valid until the next Forget… or WriteAll.
  Row* Find(std::string_view key) {
    const auto at = rows_.find(key);
    return at == rows_.end() ? nullptr : Touch(at->second);
  }
  // Remembers `state`, just read, under a key that is not remembered.
  Row* Add(std::string key, State state) {
    const auto at = rows_.emplace(std::move(key), Row{{}, std::move(state)}).first;
    at->second.key = at->first;
    return Touch(at->second);
  }
  // The state of `row` is to be written.
  void MarkChanged(Row& row) {
    if (!std::exchange(row.is_changed, true)) changed_.push_back(&row);
  }

  // Calls `write(state)` for each changed state.
  template <typename Write>
  Outcome WriteAll(Write write) {
    for (Row* row : changed_) {
      MOLVA_RETURN_UNLESS_OK(write(row->state));
      row->is_changed = false;
    }
    changed_.clear();
    if (rows_.size() > kMaxRows) ForgetAll();
    return Done();
  }

  // Between batches: what is touched from here on can be forgotten by ForgetTouched.
  void StartBatch() {
    ++batch_;
    touched_.clear();
  }
  // The batch was undone in the database. What was changed before it must have been written.
  void ForgetTouched() {
    changed_.clear();
    for (const Row* row : touched_) rows_.erase(rows_.find(row->key));
    touched_.clear();
  }
  void ForgetAll() {
    changed_.clear();
    touched_.clear();
    rows_.clear();
  }

 private:
  static constexpr std::size_t kMaxRows = 200000;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };

  Row* Touch(Row& row) {
    if (std::exchange(row.touched_in, batch_) != batch_) touched_.push_back(&row);
    return &row;
  }

  std::unordered_map<std::string, Row, Hash, std::equal_to<>> rows_;  // rows stay in place
  std::vector<Row*> touched_;
  std::vector<Row*> changed_;
  std::uint64_t batch_ = 1;
};

}  // namespace molva::sql_common
