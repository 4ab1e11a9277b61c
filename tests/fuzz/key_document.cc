// Key documents of strangers: what is read is verified without harm, and says the same when it is
// written again.
#include "federation/identity/key_document.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "federation/identity/key_document_text.h"

namespace molva::federation {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// The inner layer alone: mutations of base64 would hardly ever get there.
void TakeDocument(std::string_view bytes) {
  const absl::StatusOr<KeyDocument> document = ParseDocument(bytes);
  if (!document.ok()) {
    MOLVA_CHECK(absl::IsInvalidArgument(document.status()), "an error of another kind");
    return;
  }
  const absl::StatusOr<KeyDocument> again = ParseDocument(PrintDocument(*document));
  MOLVA_CHECK(again.ok(), "what was read cannot be written");
  MOLVA_CHECK(again->domain == document->domain && again->number == document->number &&
                  again->keys == document->keys && again->endpoints == document->endpoints &&
                  again->software == document->software && again->contact == document->contact &&
                  again->former_hash == document->former_hash,
              "it says something else");
}

void TakeEnvelope(std::string_view bytes) {
  const absl::StatusOr<SignedKeyDocument> document = SignedKeyDocument::Parse(bytes);
  if (!document.ok()) {
    MOLVA_CHECK(absl::IsInvalidArgument(document.status()), "an error of another kind");
    return;
  }
  const absl::Status verdict = document->Verify(kNow);
  MOLVA_CHECK(verdict.ok() || absl::IsPermissionDenied(verdict), "an error of another kind");
  MOLVA_CHECK(!document->CheckFollows(*document, kNow).ok(), "it follows itself");
}

}  // namespace
}  // namespace molva::federation

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  molva::federation::TakeEnvelope(bytes);
  molva::federation::TakeDocument(bytes);
  return 0;
}
