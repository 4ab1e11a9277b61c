// The data of DNS records as strangers publish them: services and keys, alone and put together.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "federation/discovery/dns_records.h"
#include "federation/identity/endpoint.h"
#include "federation/identity/key_document.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

// Records in a row, each behind its length in one byte.
DnsAnswer Split(std::string_view data) {
  DnsAnswer answer;
  while (!data.empty()) {
    const auto length = static_cast<unsigned char>(data.front());
    data.remove_prefix(1);
    answer.records.emplace_back(data.substr(0, length));
    data.remove_prefix(answer.records.back().size());
  }
  return answer;
}

void TakeRecord(std::string_view data) {
  if (const absl::StatusOr<SrvRecord> record = ParseSrv(data); record.ok()) {
    MOLVA_CHECK(record->target.empty() || names::NormaliseDomain(record->target) == record->target,
                "a target that is no domain");
  }
  if (const absl::StatusOr<std::string> text = ParseTxt(data); text.ok()) {
    const absl::StatusOr<std::vector<PublicKey>> keys = ParseKeyText(*text);
    MOLVA_CHECK(keys.ok() || absl::IsInvalidArgument(keys.status()), "an error of another kind");
  }
}

void TakeAnswers(std::string_view services, std::string_view texts) {
  for (const bool is_secure : {false, true}) {
    DnsAnswer keys = Split(texts);
    keys.is_secure = is_secure;
    const absl::StatusOr<SourceAnswer> answer = CombineDns("a.example", Split(services), keys);
    if (!answer.ok()) continue;
    MOLVA_CHECK(is_secure || (answer->keys.empty() && answer->trust == Trust::kHint),
                "a key without proof");
    MOLVA_CHECK(answer->endpoints.size() <= KeyDocument::kMaxEndpoints &&
                    answer->keys.size() <= KeyDocument::kMaxKeys,
                "too much");
    for (const std::string& endpoint : answer->endpoints) {
      MOLVA_CHECK(Endpoint::Parse(endpoint).ok(), "an endpoint that is none");
    }
  }
}

}  // namespace
}  // namespace molva::federation

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  molva::federation::TakeRecord(bytes);
  if (bytes.empty()) return 0;
  const std::size_t split = static_cast<unsigned char>(bytes.front());
  const std::string_view rest = bytes.substr(1);
  molva::federation::TakeAnswers(rest.substr(0, split),
                                 rest.substr(split < rest.size() ? split : rest.size()));
  return 0;
}
