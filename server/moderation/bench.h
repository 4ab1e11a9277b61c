// All judges of a node, as one shard asks them.
#pragma once

#include <vector>

#include "moderation/judge.h"
#include "moderation/moderator.h"
#include "runtime/shard.h"

namespace molva::moderation {

// Asks one judge after the other; the first one that wants the case not to happen has the last
// word, and what one has replaced the next one sees. A judge that fails is passed over or stops the
// case, as his seat says. Every verdict but an acceptance is logged, without what it is about.
//
// Thread:  confined to its shard.
// Borrows: shard and seats, which outlive it.
class Bench final : public Moderator {
 public:
  Bench(runtime::Shard& shard, const std::vector<std::unique_ptr<Seat>>& seats)
      : shard_(shard), seats_(seats) {}

  bool Wants(Subject subject) const override;
  void Consider(Case what, Done done) override;

 private:
  runtime::Shard& shard_;
  const std::vector<std::unique_ptr<Seat>>& seats_;
};

}  // namespace molva::moderation
