#include "federation/peer/directory.h"

#include <utility>

namespace molva::federation {

Directory::Directory(runtime::Shard& shard, Discovery& discovery, runtime::Shard& discovery_shard)
    : shard_(shard),
      discovery_(discovery),
      discovery_shard_(discovery_shard),
      self_(std::make_shared<Directory*>(this)) {}

const PeerIdentity* Directory::Cached(std::string_view domain) const {
  const auto at = cached_.find(domain);
  if (at == cached_.end() || at->second.valid_until <= shard_.Now()) return nullptr;
  return &at->second;
}

void Directory::Find(const std::string& domain, store::Done<PeerIdentity> done) {
  Ask(domain, How::kFind, std::move(done));
}

void Directory::Refresh(const std::string& domain, store::Done<PeerIdentity> done) {
  Ask(domain, How::kRefresh, std::move(done));
}

void Directory::Ask(const std::string& domain, How how, store::Done<PeerIdentity> done) {
  auto back = [self = std::weak_ptr(self_), &shard = shard_,
               done = std::move(done)](absl::StatusOr<PeerIdentity> found) mutable {
    shard.Post([self, done = std::move(done), found = std::move(found)]() mutable {
      const auto directory = self.lock();
      if (directory == nullptr) return;
      if (found.ok()) (*directory)->Remember(*found);
      done(std::move(found));
    });
  };
  discovery_shard_.Post([&discovery = discovery_, domain, how, back = std::move(back)]() mutable {
    if (how == How::kRefresh) {
      discovery.Refresh(std::move(domain), std::move(back));
    } else {
      discovery.Find(std::move(domain), std::move(back));
    }
  });
}

void Directory::Remember(const PeerIdentity& identity) {
  if (cached_.size() >= kMaxCached && !cached_.contains(identity.domain)) {
    cached_.erase(cached_.begin());
  }
  cached_.insert_or_assign(identity.domain, identity);
}

}  // namespace molva::federation
