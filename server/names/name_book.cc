#include "names/name_book.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <utility>

#include "base/check.h"
#include "base/status_macros.h"
#include "base/strings.h"
#include "model/fault.h"

namespace molva::names {
namespace {

using model::Fail;
using model::Fault;

constexpr std::size_t kMinSecretBytes = 16;
constexpr std::size_t kPrefixBytes = 3;

std::uint64_t IdOf(model::TopicName group) { return group.user().bits(); }

}  // namespace

// What a global name says: a user ("usr") or group ("grp") of a domain.
struct NameBook::GlobalId {
  std::string prefix;
  std::uint64_t bits = 0;
  std::string domain;

  friend bool operator==(const GlobalId&, const GlobalId&) = default;
};

struct NameBook::Name {
  const std::uint64_t alias;
  const GlobalId id;
  std::atomic<bool> is_confirmed;
  Name* next = nullptr;  // set before the name can be seen by others, then never changed
};

NameBook::NameBook(std::string domain, std::string secret)
    : domain_(std::move(domain)),
      secret_(std::move(secret)),
      buckets_(std::make_unique<std::array<std::atomic<Name*>, kBuckets>>()) {
  MOLVA_CHECK(NormaliseDomain(domain_) == domain_, "a node without a proper domain");
  MOLVA_CHECK(secret_.size() >= kMinSecretBytes, "the secret of the names is too short");
}

NameBook::~NameBook() {
  if (buckets_ == nullptr) return;
  for (std::atomic<Name*>& bucket : *buckets_) {
    for (Name* name = bucket.load(); name != nullptr;) delete std::exchange(name, name->next);
  }
}

NameBook::Name* NameBook::Find(std::uint64_t alias) const {
  if ((alias & kAliasBit) == 0 || buckets_ == nullptr) return nullptr;
  Name* name = (*buckets_)[alias % kBuckets].load(std::memory_order_acquire);
  while (name != nullptr && name->alias != alias) name = name->next;
  return name;
}

std::uint64_t NameBook::AliasOf(const GlobalId& id) const {
  std::string text = id.prefix;
  text += '\0';
  text += base::EncodeId(id.bits);
  text += '\0';
  text += id.domain;
  unsigned char digest[EVP_MAX_MD_SIZE];
  const bool ok = HMAC(EVP_sha256(), secret_.data(), static_cast<int>(secret_.size()),
                       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
                       nullptr) != nullptr;
  MOLVA_CHECK(ok, "no memory for a hash");
  std::uint64_t alias = 0;
  for (int i = 0; i < 8; ++i) alias = alias << 8 | digest[i];
  return alias | kAliasBit;
}

absl::StatusOr<NameBook::Name*> NameBook::Intern(const GlobalId& id, Known known) const {
  const std::uint64_t alias = AliasOf(id);
  std::atomic<Name*>& bucket = (*buckets_)[alias % kBuckets];
  std::unique_ptr<Name> fresh;
  const auto discard = [&] {
    if (fresh != nullptr && known == Known::kUnconfirmed) unconfirmed_.fetch_sub(1);
  };
  Name* head = bucket.load(std::memory_order_acquire);
  for (;;) {
    for (Name* name = head; name != nullptr; name = name->next) {
      if (name->alias != alias) continue;
      discard();
      if (name->id == id) return name;
      return absl::AlreadyExistsError("another name has the same alias");
    }
    if (fresh == nullptr) {
      if (known == Known::kUnconfirmed && unconfirmed_.fetch_add(1) >= kMaxUnconfirmed) {
        unconfirmed_.fetch_sub(1);
        return absl::ResourceExhaustedError("too many names that nobody has used yet");
      }
      fresh.reset(new Name{alias, id, known == Known::kConfirmed});
    }
    fresh->next = head;
    if (bucket.compare_exchange_weak(head, fresh.get(), std::memory_order_release,
                                     std::memory_order_acquire)) {
      return fresh.release();
    }
  }
}

absl::StatusOr<std::uint64_t> NameBook::BitsOf(const GlobalId& id) const {
  if (id.domain == domain_) {
    // Nobody of ours has such an id; taking it would make somebody else of him.
    if (Find(id.bits) != nullptr) return absl::InvalidArgumentError("not an id of this server");
    return id.bits;
  }
  MOLVA_ASSIGN_OR_RETURN(const Name* name, Intern(id, Known::kUnconfirmed));
  return name->alias;
}

const std::string& NameBook::DomainOf(model::UserId user) const {
  const Name* name = Find(user.bits());
  return name == nullptr ? domain_ : name->id.domain;
}

std::string NameBook::LocalText(std::string_view prefix, std::uint64_t bits) const {
  const Name* name = Find(bits);
  std::string text(prefix);
  text += base::EncodeId(name == nullptr ? bits : name->id.bits);
  if (name != nullptr) text += '@' + name->id.domain;
  return text;
}

std::string NameBook::GlobalText(std::string_view prefix, std::uint64_t bits) const {
  std::string text = LocalText(prefix, bits);
  if (is_federated() && Find(bits) == nullptr) text += '@' + domain_;
  return text;
}

std::string NameBook::TextOf(model::UserId user) const { return LocalText("usr", user.bits()); }

std::string NameBook::TextOfGroup(model::TopicName group) const {
  return LocalText("grp", IdOf(group));
}

std::string NameBook::TextOfChannel(model::TopicName group) const {
  return LocalText("chn", IdOf(group));
}

std::string NameBook::ClientName(model::TopicName topic, model::UserId viewer) const {
  if (topic.kind() == model::TopicKind::kP2p) return TextOf(topic.PeerOf(viewer));
  if (topic.kind() == model::TopicKind::kGroup) return TextOfGroup(topic);
  return topic.ClientName(viewer);
}

absl::StatusOr<model::UserId> NameBook::ParseUser(std::string_view text) const {
  const std::size_t at = text.find('@');
  MOLVA_ASSIGN_OR_RETURN(const model::UserId id, model::UserId::Parse(text.substr(0, at)));
  std::string domain = domain_;
  if (at != text.npos) {
    std::optional<std::string> named = NormaliseDomain(text.substr(at + 1));
    if (!is_federated() || !named.has_value()) {
      return Fail(Fault::kUserNotFound, "no such server");
    }
    domain = *std::move(named);
  }
  MOLVA_ASSIGN_OR_RETURN(const std::uint64_t bits, BitsOf({"usr", id.bits(), std::move(domain)}));
  return model::UserId::FromBits(bits);
}

absl::StatusOr<model::ResolvedTopic> NameBook::Resolve(std::string_view text,
                                                       model::UserId self) const {
  const std::string_view prefix = text.substr(0, kPrefixBytes);
  const std::size_t at = text.find('@');
  if (prefix == "new" || prefix == "nch") return model::ResolveTopic(text, self);
  if (prefix == "usr") {
    const absl::StatusOr<model::UserId> peer = ParseUser(text);
    if (absl::IsNotFound(peer.status())) return Fail(Fault::kTopicNotFound, "no such server");
    if (absl::IsInvalidArgument(peer.status())) return Fail(Fault::kMalformed, "not a user id");
    if (!peer.ok()) return peer.status();
    return model::ResolveTopic(peer->ToString(), self);
  }
  MOLVA_ASSIGN_OR_RETURN(model::ResolvedTopic topic, model::ResolveTopic(text.substr(0, at), self));
  if (at == text.npos && topic.name.kind() != model::TopicKind::kGroup) return topic;
  std::optional<std::string> domain =
      at == text.npos ? domain_ : NormaliseDomain(text.substr(at + 1));
  const bool is_foreign = domain != domain_;
  if (!domain.has_value() || (at != text.npos && !is_federated()) ||
      topic.name.kind() != model::TopicKind::kGroup) {
    return Fail(Fault::kTopicNotFound, "no topic has such a name");
  }
  if (is_foreign && topic.as_reader) {
    return Fail(Fault::kForeignChannel, "a channel of another server");
  }
  const absl::StatusOr<std::uint64_t> bits = BitsOf({"grp", IdOf(topic.name), *std::move(domain)});
  if (absl::IsInvalidArgument(bits.status())) {
    return Fail(Fault::kTopicNotFound, "no group of ours has such an id");
  }
  if (!bits.ok()) return bits.status();
  topic.name = model::TopicName::Group(*bits);
  return topic;
}

std::string NameBook::GlobalNameOf(model::UserId user) const {
  return GlobalText("usr", user.bits());
}

std::string NameBook::GlobalNameOf(model::TopicName topic) const {
  if (topic.kind() == model::TopicKind::kGroup) return GlobalText("grp", IdOf(topic));
  MOLVA_CHECK(topic.kind() == model::TopicKind::kP2p, "the topic is private to this server");
  const model::UserId one = topic.user();
  const model::UserId other = topic.PeerOf(one);
  std::string first = GlobalNameOf(one);
  std::string second = GlobalNameOf(other);
  const auto key = [this](model::UserId user, const std::string& name) {
    return std::pair<std::string_view, std::string_view>(DomainOf(user), name);
  };
  if (key(other, second) < key(one, first)) std::swap(first, second);
  return first + '+' + second;
}

absl::StatusOr<NameBook::GlobalId> NameBook::ParseGlobal(std::string_view name) {
  const std::size_t at = name.find('@');
  const std::string_view prefix = name.substr(0, kPrefixBytes);
  if (at != name.npos && at > kPrefixBytes && (prefix == "usr" || prefix == "grp")) {
    const std::string_view id = name.substr(kPrefixBytes, at - kPrefixBytes);
    const std::string_view domain = name.substr(at + 1);
    const std::optional<std::uint64_t> bits = base::DecodeId(id);
    // One spelling only: what is signed is compared as bytes.
    if (bits.has_value() && *bits != 0 && base::EncodeId(*bits) == id &&
        NormaliseDomain(domain) == domain) {
      return GlobalId{std::string(prefix), *bits, std::string(domain)};
    }
  }
  return absl::InvalidArgumentError("not a global name");
}

absl::StatusOr<model::UserId> NameBook::UserOfGlobal(std::string_view name) const {
  MOLVA_ASSIGN_OR_RETURN(const GlobalId id, ParseGlobal(name));
  if (id.prefix != "usr" || !is_federated()) {
    return absl::InvalidArgumentError("not a global user name");
  }
  MOLVA_ASSIGN_OR_RETURN(const std::uint64_t bits, BitsOf(id));
  return model::UserId::FromBits(bits);
}

absl::StatusOr<model::TopicName> NameBook::TopicOfGlobal(std::string_view name) const {
  const absl::Status refusal = absl::InvalidArgumentError("not a global topic name");
  if (!is_federated()) return refusal;
  const std::size_t plus = name.find('+');
  MOLVA_ASSIGN_OR_RETURN(const GlobalId first, ParseGlobal(name.substr(0, plus)));
  if (plus == name.npos) {
    if (first.prefix != "grp") return refusal;
    MOLVA_ASSIGN_OR_RETURN(const std::uint64_t bits, BitsOf(first));
    return model::TopicName::Group(bits);
  }
  MOLVA_ASSIGN_OR_RETURN(const GlobalId second, ParseGlobal(name.substr(plus + 1)));
  // Of different domains, so the order of the ids within one does not matter.
  const bool has_one_of_ours = (first.domain == domain_) != (second.domain == domain_);
  if (first.prefix != "usr" || second.prefix != "usr" || !has_one_of_ours ||
      first.domain > second.domain) {
    return refusal;
  }
  MOLVA_ASSIGN_OR_RETURN(const std::uint64_t one, BitsOf(first));
  MOLVA_ASSIGN_OR_RETURN(const std::uint64_t other, BitsOf(second));
  return model::TopicName::P2p(model::UserId::FromBits(one), model::UserId::FromBits(other));
}

bool NameBook::Knows(std::string_view global_name) const {
  for (;;) {
    const std::size_t plus = global_name.find('+');
    const absl::StatusOr<GlobalId> id = ParseGlobal(global_name.substr(0, plus));
    if (!id.ok() || !is_federated()) return false;
    const Name* name = id->domain == domain_ ? nullptr : Find(AliasOf(*id));
    if (id->domain != domain_ && (name == nullptr || !(name->id == *id))) return false;
    if (plus == global_name.npos) return true;
    global_name.remove_prefix(plus + 1);
  }
}

bool NameBook::IsConfirmed(model::UserId user) const {
  const Name* name = Find(user.bits());
  return name == nullptr || name->is_confirmed.load();
}

void NameBook::Confirm(std::string_view global_name) const {
  const absl::StatusOr<GlobalId> id = ParseGlobal(global_name);
  if (!id.ok() || !is_federated() || id->domain == domain_) return;
  // A name whose alias is taken was refused before it could be stored.
  const absl::StatusOr<Name*> name = Intern(*id, Known::kConfirmed);
  if (name.ok() && !(*name)->is_confirmed.exchange(true)) unconfirmed_.fetch_sub(1);
}

}  // namespace molva::names
