// Names across servers: global names as every server writes them, and the 64-bit aliases that stand
// for foreign ones inside this node.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "model/topic_name.h"
#include "model/user_id.h"
#include "names/domain.h"

namespace molva::names {

// Knows which ids are aliases, and both ways between alias and global name. An alias is a keyed
// hash of the global name with the highest bit set, so that all threads derive the same one; ids of
// this server's own users and groups have that bit clear (MakeOwnId).
//
// Nothing is ever forgotten while the node runs. Names that come from clients and are not (yet) in
// the store are bounded: Intern refuses them beyond kMaxUnconfirmed.
//
// Thread: any; reading takes no lock.
// Source: docs/federation.md §1.
class NameBook {
 public:
  static constexpr std::size_t kMaxUnconfirmed = 100'000;

  // A node without a domain does not federate: every name with an @ is unknown then.
  NameBook() = default;
  // `secret`: 16 bytes or more, kept for ever: aliases in the store depend on it.
  NameBook(std::string domain, std::string secret);
  ~NameBook();
  NameBook(const NameBook&) = delete;
  NameBook& operator=(const NameBook&) = delete;

  bool is_federated() const { return !domain_.empty(); }
  const std::string& domain() const { return domain_; }

  // An id for a new account or group of this server from random bits.
  static std::uint64_t MakeOwnId(std::uint64_t random_bits) {
    return (random_bits & ~kAliasBit) | 1;
  }

  // Whether the user's account is on another server. O(1).
  bool IsForeign(model::UserId user) const { return Find(user.bits()) != nullptr; }
  // The domain of the user's server: our own for own users.
  const std::string& DomainOf(model::UserId user) const;

  // As clients see it: "usr…" or "usr…@domain".
  std::string TextOf(model::UserId user) const;
  // The name under which `viewer`, a user of this server, knows the topic.
  std::string ClientName(model::TopicName topic, model::UserId viewer) const;
  // For everybody of this server; a topic of two has no such name (use ClientName).
  std::string TextOfGroup(model::TopicName group) const;
  // "chn…": as the readers of the channel know it.
  std::string TextOfChannel(model::TopicName group) const;

  // Parses what a client wrote, "usr…" or "usr…@domain". Our own domain may be left out.
  // Errors: kInvalidArgument as model::UserId::Parse; kNotFound without federation or for a domain
  //         that is none; kResourceExhausted, see Intern.
  absl::StatusOr<model::UserId> ParseUser(std::string_view text) const;
  // model::ResolveTopic, and the same for names with a domain. Same errors; 404 "topic not found"
  // without federation or for a domain that is none; 501 for a channel of another server;
  // kResourceExhausted, see Intern.
  absl::StatusOr<model::ResolvedTopic> Resolve(std::string_view text, model::UserId self) const;

  // The global form: "usr…@domain" with our own domain for own users. Without federation nothing
  // has one: the local form then.
  std::string GlobalNameOf(model::UserId user) const;
  // "grp…@home", or for two "usr…@a+usr…@b" in the order that both servers agree on.
  std::string GlobalNameOf(model::TopicName topic) const;
  // The local id or alias of a global user name; there is one spelling of each.
  // Errors: kInvalidArgument, kResourceExhausted.
  absl::StatusOr<model::UserId> UserOfGlobal(std::string_view name) const;
  // The local name of a global topic name. Errors as above; also for a topic of two unless exactly
  // one of them is ours.
  absl::StatusOr<model::TopicName> TopicOfGlobal(std::string_view name) const;

  // Whether each name in a global name is known here already: nothing is entered. What is no name
  // is not known.
  bool Knows(std::string_view global_name) const;

  // Whether the alias is known to be in the store (or is no alias). What puts a shadow there calls
  // Confirm once that is committed; at start each stored name is confirmed. A text that is no
  // global name of a foreign user or group is passed over.
  bool IsConfirmed(model::UserId user) const;
  void Confirm(std::string_view global_name) const;

 private:
  static constexpr std::uint64_t kAliasBit = 1ULL << 63;
  static constexpr std::size_t kBuckets = 1 << 16;

  struct GlobalId;
  struct Name;
  enum class Known : bool { kUnconfirmed, kConfirmed };

  static absl::StatusOr<GlobalId> ParseGlobal(std::string_view name);
  Name* Find(std::uint64_t alias) const;
  // The bits under which this node knows `id`: its own, or the alias, entered if it is new.
  // Errors: kInvalidArgument for an own id that is an alias; those of Intern.
  absl::StatusOr<std::uint64_t> BitsOf(const GlobalId& id) const;
  // The alias of a foreign id, entered if it is new. A confirmed one is not counted.
  // Errors: kResourceExhausted over the bound; kAlreadyExists if another name has this alias.
  absl::StatusOr<Name*> Intern(const GlobalId& id, Known known) const;
  std::uint64_t AliasOf(const GlobalId& id) const;
  std::string LocalText(std::string_view prefix, std::uint64_t bits) const;
  std::string GlobalText(std::string_view prefix, std::uint64_t bits) const;

  const std::string domain_;
  const std::string secret_;
  // Chains of names by the alias's bits; only ever grow.
  std::unique_ptr<std::array<std::atomic<Name*>, kBuckets>> buckets_;
  mutable std::atomic<std::size_t> unconfirmed_{0};
};

}  // namespace molva::names
