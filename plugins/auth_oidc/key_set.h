// The keys by which a provider signs, as it publishes them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "jwt.h"
#include "login_common/public_key.h"

namespace molva::auth_oidc {

// Thread: any; never changes once made.
// Source: RFC 7517 §5, RFC 7518 §6, RFC 8037 §2.
class KeySet {
 public:
  static constexpr std::size_t kMaxBytes = 262144;
  static constexpr std::size_t kMaxKeys = 64;

  enum class Verdict : std::uint8_t {
    kGood,
    kForged,   // not signed by the key that it names
    kUnknown,  // no such key: it may be new
  };

  // Keys that are for something else, of another kind, or unsafe are left out; so are shared
  // secrets, wherever they come from. nullopt for what is no set, or too large.
  static std::optional<KeySet> Parse(std::string_view json);

  // Whether one of the keys signed `token`: that of its id; without an id, the only one there is
  // for its algorithm. A key checks signatures of its own algorithm alone, whatever the token says.
  Verdict Check(const Jwt& token) const;
  // Whether there is a key that Check would judge by.
  bool Knows(const Jwt& token) const { return !Fitting(token).empty(); }
  std::size_t size() const { return keys_.size(); }

 private:
  struct Named {
    std::string id;
    login_common::PublicKey key;
  };
  KeySet() = default;
  std::vector<const login_common::PublicKey*> Fitting(const Jwt& token) const;

  std::vector<Named> keys_;
};

}  // namespace molva::auth_oidc
