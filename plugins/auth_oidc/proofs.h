// People whom the provider has named, until they come in.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "claims.h"

namespace molva::auth_oidc {

// The host must know who somebody is before it looks his record up, and who that is stands in the
// token which is redeemed then. So a login has a last step: a proof that is made when the token was
// good, and is taken once.
//
// Thread: any. Bounded: kMost, for kLifetimeMillis each; more are refused until one is over.
class Proofs {
 public:
  static constexpr std::size_t kMost = 4096;
  static constexpr std::int64_t kLifetimeMillis = 60'000;
  static constexpr std::size_t kProofBytes = 43;

  // Of `unique`, the name of the record. nullopt if there are too many.
  std::optional<std::string> Make(const std::string& unique, const Person& person,
                                  std::int64_t now);
  // Whose it is, also when it has been taken: the host asks again when it has made an account.
  std::optional<std::string> UniqueOf(const std::string& proof) const;
  // nullopt if it was taken before, or is over.
  std::optional<Person> Take(const std::string& proof, std::int64_t now);

 private:
  struct Entry {
    std::string unique;
    Person person;
    std::int64_t expires = 0;
    bool is_taken = false;
  };

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace molva::auth_oidc
