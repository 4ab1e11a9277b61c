// The two layers of JSON of which a key document consists.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "federation/identity/key_document.h"

namespace molva::federation {

// The outer layer.
struct DocumentEnvelope {
  std::string signed_bytes;
  std::vector<DetachedSignature> signatures;
};

// Errors of both: kInvalidArgument, with the limit or the member that is wrong.
absl::StatusOr<DocumentEnvelope> ParseEnvelope(std::string_view text);
absl::StatusOr<KeyDocument> ParseDocument(std::string_view signed_bytes);

std::string PrintEnvelope(const DocumentEnvelope& envelope);
std::string PrintDocument(const KeyDocument& document);

}  // namespace molva::federation
