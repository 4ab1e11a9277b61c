// Who this server is: its keys and its current key document, kept in a folder.
#pragma once

#include <absl/status/statusor.h>
#include <absl/time/time.h>

#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "federation/identity/key_document.h"
#include "federation/identity/keys.h"

namespace molva::federation {

// What the configuration states about this server.
struct OwnFacts {
  std::string domain;
  std::vector<std::string> endpoints;
  std::string software;
  std::string contact;
};

// The identity as it stands on disk: document.json and a <key id>.pem for each of its keys.
// Immutable: rotation and new facts make another one.
//
// Thread: any may read it; what touches the disk blocks.
// Errors: kFailedPrecondition: the disk, or files that do not fit together, named.
class OwnIdentity {
 public:
  // How long a former key is still good.
  static constexpr absl::Duration kOverlap = absl::Hours(7 * 24);

  // Reads `folder`; at the first start makes it with the first key. Writes the next document if
  // the facts are other ones than the last one says, or a key has run out (whose file then goes).
  static absl::StatusOr<OwnIdentity> Open(const std::string& folder, const OwnFacts& facts,
                                          base::Random& random, absl::Time now);
  // Reads `folder` and changes nothing. Errors: also kNotFound if there is no identity yet.
  static absl::StatusOr<OwnIdentity> Read(const std::string& folder);
  // Makes a new key, which signs from now on, and the document that says so, signed by new and
  // old; the old ones are good for kOverlap. When this returns it is on disk.
  // Errors: also kNotFound as Read; kResourceExhausted if KeyDocument::kMaxKeys are good already.
  static absl::StatusOr<OwnIdentity> Rotate(const std::string& folder, base::Random& random,
                                            absl::Time now);

  const std::string& domain() const { return document_.content().domain; }
  const SignedKeyDocument& document() const { return document_; }
  // The newest one.
  const ServerKey& signing_key() const { return keys_.back(); }

 private:
  OwnIdentity(SignedKeyDocument document, std::vector<ServerKey> keys)
      : document_(std::move(document)), keys_(std::move(keys)) {}

  SignedKeyDocument document_;
  std::vector<ServerKey> keys_;  // as in the document: oldest first
};

}  // namespace molva::federation
