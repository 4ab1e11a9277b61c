// Another server as discovery sees it: keys that it rotates and documents that it signs.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "federation/identity/key_document.h"
#include "federation/identity/keys.h"

namespace molva::test {

// Signs with real keys; every change makes the next document.
class PeerServer {
 public:
  PeerServer(std::string domain, absl::Time now)
      : keys_{federation::ServerKey::Generate(random_)}, document_(First(std::move(domain), now)) {}

  const std::string& document() const { return document_.text(); }
  const federation::PublicKey& key() const { return keys_.back().public_key(); }

  // A new key beside the old ones; all sign.
  void Rotate(absl::Time now) {
    federation::KeyDocument next = Next();
    keys_.push_back(federation::ServerKey::Generate(random_));
    next.keys.push_back({key(), now});
    document_ = Sign(next);
  }
  // Drops all keys but the newest.
  void ForgetOldKeys() {
    federation::KeyDocument next = Next();
    keys_.erase(keys_.begin(), keys_.end() - 1);
    next.keys.erase(next.keys.begin(), next.keys.end() - 1);
    document_ = Sign(next);
  }
  void Move(std::string endpoint) {
    federation::KeyDocument next = Next();
    next.endpoints = {std::move(endpoint)};
    document_ = Sign(next);
  }

 private:
  federation::SignedKeyDocument First(std::string domain, absl::Time now) {
    federation::KeyDocument first;
    first.domain = std::move(domain);
    first.endpoints = {"chat." + first.domain + ":16061"};
    first.keys.push_back({key(), now});
    return Sign(first);
  }
  federation::KeyDocument Next() const {
    federation::KeyDocument next = document_.content();
    next.former_hash = document_.Hash();
    ++next.number;
    return next;
  }
  federation::SignedKeyDocument Sign(const federation::KeyDocument& content) const {
    auto made = federation::SignedKeyDocument::Make(content, keys_);
    MOLVA_CHECK(made.ok(), "the test's document breaks the rules");
    return *std::move(made);
  }

  base::SystemRandom random_;
  std::vector<federation::ServerKey> keys_;
  federation::SignedKeyDocument document_;
};

}  // namespace molva::test
