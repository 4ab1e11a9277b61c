// The schemes that a node offers.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/scheme.h"

namespace molva::auth {

// Filled at start, then read by all shards and pool threads; it must outlive them.
class SchemeRegistry {
 public:
  // Errors: kAlreadyExists for a second scheme of that name.
  absl::Status Add(std::unique_ptr<Scheme> scheme);

  // Clients say `logical` for the scheme `name` from now on, and `name` no more unless that is
  // given to it too. An empty `name` hides what would be called `logical`.
  // Errors: kInvalidArgument for a scheme that is not there or a name that is given twice.
  absl::Status Rename(std::string_view logical, std::string_view name);

  // What clients call `name`; nullptr for a scheme that is not offered so.
  const Scheme* Find(std::string_view name) const;
  // What clients call `scheme`, which is one of them; its own name if it is hidden.
  std::string LogicalNameOf(const Scheme& scheme) const;
  // The first scheme that issues tokens; nullptr if none does.
  const Scheme* issuer() const;
  // The first one that is a second factor; nullptr if none is.
  const Scheme* second() const;
  // From now on nobody logs in by a secret alone who has no second factor.
  // Errors: kFailedPrecondition without a scheme that is one.
  absl::Status RequireSecond();
  bool requires_second() const { return requires_second_; }
  std::vector<std::string> ReservedTagNamespaces() const;
  // The names of those that keep a record per user.
  std::vector<std::string> RecordKeepers() const;
  // Those that are asked before an account ends.
  std::vector<const Scheme*> ThoseWhoLetGo() const;

 private:
  struct LogicalName {
    std::string logical;
    std::string name;  // of the scheme; empty: hidden
  };
  const Scheme* FindByOwnName(std::string_view name) const;

  std::vector<std::shared_ptr<Scheme>> schemes_;  // few: searched in order; see Scheme
  std::vector<LogicalName> logical_names_;
  bool requires_second_ = false;
};

}  // namespace molva::auth
