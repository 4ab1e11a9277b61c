// Identities of other servers as one shard asks for them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/string_map.h"
#include "federation/discovery/discovery.h"
#include "runtime/shard.h"
#include "store/store.h"

namespace molva::federation {

// Asks the node's Discovery on its shard and remembers the answers for a while.
//
// Thread:  confined to `shard`.
// Borrows: all of it. Answers that come after the directory has gone are dropped.
// Full:    beyond kMaxCached any of the remembered is forgotten.
class Directory {
 public:
  static constexpr std::size_t kMaxCached = 1024;

  Directory(runtime::Shard& shard, Discovery& discovery, runtime::Shard& discovery_shard);

  // Remembered and still good; else nullptr. Until the next call.
  const PeerIdentity* Cached(std::string_view domain) const;
  // As Discovery's; never answer inside the call.
  void Find(const std::string& domain, store::Done<PeerIdentity> done);
  void Refresh(const std::string& domain, store::Done<PeerIdentity> done);

 private:
  enum class How : std::uint8_t { kFind, kRefresh };
  void Ask(const std::string& domain, How how, store::Done<PeerIdentity> done);
  void Remember(const PeerIdentity& identity);

  runtime::Shard& shard_;
  Discovery& discovery_;
  runtime::Shard& discovery_shard_;
  base::StringMap<PeerIdentity> cached_;
  // Expires with the directory.
  const std::shared_ptr<Directory*> self_;
};

}  // namespace molva::federation
