// What is handed out to be brought back once, in time: nothing is kept until it is.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace molva::login_common {

// The bytes are random, and signed with a key that this object made for itself: however many are
// handed out, they cost no memory, and a restart makes all of them worthless. Kept is, until it has
// expired, which ones were spent.
//
// Shape:  nonce (16), the time of its end in milliseconds (8), subject (8), purpose (1), signature
//         (32).
// Thread: any.
class Stamps {
 public:
  struct Stamp {
    std::uint64_t subject = 0;  // whatever the maker says: a user, an index
    std::int64_t expires = 0;
    std::string nonce;
  };
  enum class Spent : std::uint8_t {
    kFirst,
    kAgain,    // somebody has spent it
    kTooMany,  // kMostSpent have been that have not expired: later
  };
  static constexpr std::size_t kMostSpent = 65536;

  // `lifetime_millis`: how long each is good for. `most_spent` is less for tests alone.
  explicit Stamps(std::int64_t lifetime_millis, std::size_t most_spent = kMostSpent);

  // nullopt if there is no randomness.
  std::optional<std::string> Make(char purpose, std::uint64_t subject, std::int64_t now) const;
  // nullopt for what this object did not make for that purpose. Its end is Spend's to look at.
  std::optional<Stamp> Read(char purpose, std::string_view bytes) const;
  bool IsOver(const Stamp& stamp, std::int64_t now) const { return stamp.expires <= now; }
  // Once for each. Of what is over already the caller must not ask.
  Spent Spend(const Stamp& stamp, std::int64_t now);
  // 32 bytes that nobody else can tell from `bytes`; another `label`, others.
  std::string Derive(std::string_view label, std::string_view bytes) const;

 private:
  const std::int64_t lifetime_millis_;
  const std::size_t most_spent_;
  std::string key_;
  std::mutex mutex_;
  std::set<std::pair<std::int64_t, std::string>> spent_;  // by end and nonce
};

// In a time that does not depend on where they differ.
bool AreSame(std::string_view one, std::string_view other);
std::string Sha256(std::string_view text);
// Empty if there is no randomness.
std::string RandomBytes(std::size_t size);

}  // namespace molva::login_common
