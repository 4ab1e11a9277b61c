// What sees searches before `fnd` runs them: a port that a module above implements.
#pragma once

#include <absl/functional/any_invocable.h>

#include <string>
#include <variant>
#include <vector>

#include "model/fault.h"
#include "model/packet.h"
#include "model/user_id.h"

namespace molva::topic {

// Thread: confined to its shard. Source: docs/protocol plugin-and-backend §7.
class SearchFilter {
 public:
  // What becomes of a search: it goes on, perhaps with another text; it has found these (none:
  // nothing); it is refused.
  struct Search {
    std::string text;
  };
  using Found = std::vector<model::MetaSub>;
  using Verdict = std::variant<Search, Found, model::Fault>;
  using Done = absl::AnyInvocable<void(Verdict)>;

  virtual ~SearchFilter() = default;
  // `done` is called once, on this shard, never from inside the call; it may be dropped when the
  // node stops.
  virtual void Judge(model::UserId asker, std::string text, Done done) = 0;
};

}  // namespace molva::topic
