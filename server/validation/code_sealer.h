// Codes: made from randomness, kept so that the store cannot tell them.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace molva::validation {

// Keeps HMAC-SHA256 of a code and of what it is about, with a key of the node: six digits would be
// guessed from a plain hash at once.
//
// Thread: any.
class CodeSealer {
 public:
  // `key`: 32 bytes or more, the same after a restart.
  explicit CodeSealer(std::string key) : key_(std::move(key)) {}

  // So many decimal digits.
  static std::string Make(base::Random& random, int digits);
  // What is kept of `code`. `subject`: whose it is and what for; a code is worth nothing elsewhere.
  std::string Seal(std::string_view code, std::string_view subject) const;
  // Takes the same time for every wrong code.
  bool Matches(std::string_view kept, std::string_view code, std::string_view subject) const;
  // A name for `subject` in the store that does not tell it.
  std::string NameOf(std::string_view subject) const;

 private:
  std::string Sign(std::string_view purpose, std::string_view code, std::string_view subject) const;

  const std::string key_;
};

// Whether two secrets are the same, in a time that depends on their lengths alone.
bool IsSameSecret(std::string_view a, std::string_view b);

}  // namespace molva::validation
