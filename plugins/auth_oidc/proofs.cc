#include "proofs.h"

#include "login_common/base64_url.h"
#include "login_common/stamps.h"

namespace molva::auth_oidc {
namespace {

constexpr std::size_t kRandomBytes = 32;

}  // namespace

std::optional<std::string> Proofs::Make(const std::string& unique, const Person& person,
                                        std::int64_t now) {
  const std::string random = login_common::RandomBytes(kRandomBytes);
  if (random.empty()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  std::erase_if(entries_, [now](const auto& entry) { return entry.second.expires <= now; });
  if (entries_.size() >= kMost) return std::nullopt;
  std::string proof = login_common::EncodeBase64Url(random);
  entries_[proof] = {unique, person, now + kLifetimeMillis, false};
  return proof;
}

std::optional<std::string> Proofs::UniqueOf(const std::string& proof) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(proof);
  if (found == entries_.end()) return std::nullopt;
  return found->second.unique;
}

std::optional<Person> Proofs::Take(const std::string& proof, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(proof);
  if (found == entries_.end()) return std::nullopt;
  Entry& entry = found->second;
  if (entry.is_taken || entry.expires <= now) return std::nullopt;
  entry.is_taken = true;
  return entry.person;
}

}  // namespace molva::auth_oidc
