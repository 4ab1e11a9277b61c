#include "federation/discovery/dns_records.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "federation/identity/endpoint.h"
#include "federation/identity/key_document.h"
#include "names/domain.h"

namespace molva::federation {
namespace {

constexpr std::size_t kSrvHeadBytes = 6;
constexpr std::size_t kMaxTxtBytes = 4096;
constexpr std::size_t kMaxRecords = 64;
constexpr std::uint16_t kStandardPort = 16061;

std::uint16_t Read16(std::string_view data, std::size_t at) {
  return static_cast<std::uint16_t>(static_cast<unsigned char>(data[at]) << 8 |
                                    static_cast<unsigned char>(data[at + 1]));
}

// A name as labels with their lengths, to its end; empty for the root.
absl::StatusOr<std::string> ParseName(std::string_view data) {
  std::string name;
  while (true) {
    if (data.empty()) return absl::InvalidArgumentError("a name breaks off");
    const auto length = static_cast<unsigned char>(data.front());
    data.remove_prefix(1);
    if (length == 0) break;
    if (length > 63 || length > data.size()) return absl::InvalidArgumentError("a label is odd");
    if (!name.empty()) name.push_back('.');
    name.append(data.substr(0, length));
    data.remove_prefix(length);
  }
  if (!data.empty()) return absl::InvalidArgumentError("something follows a name");
  if (name.empty()) return name;
  std::optional<std::string> domain = names::NormaliseDomain(name);
  if (!domain.has_value()) return absl::InvalidArgumentError("a name is no host");
  return *std::move(domain);
}

absl::StatusOr<std::vector<std::string>> Endpoints(const DnsAnswer& services) {
  std::vector<SrvRecord> records;
  for (const std::string& data : services.records) {
    MOLVA_ASSIGN_OR_RETURN(SrvRecord record, ParseSrv(data));
    if (!record.target.empty() && record.port != 0) records.push_back(std::move(record));
  }
  // The heavier ones first among equals: who dials takes them in this order.
  std::stable_sort(records.begin(), records.end(), [](const SrvRecord& a, const SrvRecord& b) {
    return std::pair(a.priority, b.weight) < std::pair(b.priority, a.weight);
  });
  std::vector<std::string> endpoints;
  for (const SrvRecord& record : records) {
    if (endpoints.size() == KeyDocument::kMaxEndpoints) break;
    endpoints.push_back(Endpoint{record.target, record.port}.ToString());
  }
  return endpoints;
}

absl::StatusOr<std::vector<PublicKey>> Keys(const DnsAnswer& texts) {
  std::vector<PublicKey> keys;
  for (const std::string& data : texts.records) {
    MOLVA_ASSIGN_OR_RETURN(const std::string text, ParseTxt(data));
    MOLVA_ASSIGN_OR_RETURN(const std::vector<PublicKey> more, ParseKeyText(text));
    keys.insert(keys.end(), more.begin(), more.end());
  }
  if (keys.size() > KeyDocument::kMaxKeys) return absl::InvalidArgumentError("too many keys");
  return keys;
}

}  // namespace

absl::StatusOr<SrvRecord> ParseSrv(std::string_view data) {
  if (data.size() < kSrvHeadBytes) return absl::InvalidArgumentError("an SRV record breaks off");
  SrvRecord record;
  record.priority = Read16(data, 0);
  record.weight = Read16(data, 2);
  record.port = Read16(data, 4);
  MOLVA_ASSIGN_OR_RETURN(record.target, ParseName(data.substr(kSrvHeadBytes)));
  return record;
}

absl::StatusOr<std::string> ParseTxt(std::string_view data) {
  std::string text;
  while (!data.empty()) {
    const auto length = static_cast<unsigned char>(data.front());
    data.remove_prefix(1);
    if (length > data.size()) return absl::InvalidArgumentError("a TXT record breaks off");
    text.append(data.substr(0, length));
    data.remove_prefix(length);
    if (text.size() > kMaxTxtBytes) return absl::InvalidArgumentError("a TXT record is too long");
  }
  return text;
}

absl::StatusOr<std::vector<PublicKey>> ParseKeyText(std::string_view text) {
  std::vector<PublicKey> keys;
  bool is_ours = false;
  for (const std::string_view word : base::SplitWords(text, ';')) {
    const std::string_view member = base::TrimAscii(word);
    if (!is_ours) {  // the version comes first
      if (member != "v=molva1") return keys;
      is_ours = true;
    } else if (member.starts_with("key=")) {
      MOLVA_ASSIGN_OR_RETURN(const PublicKey key, PublicKey::Parse(member.substr(4)));
      keys.push_back(key);
    }
  }
  if (!is_ours) return keys;
  if (keys.empty() || keys.size() > KeyDocument::kMaxKeys) {
    return absl::InvalidArgumentError(fmt::format("a text with {} keys", keys.size()));
  }
  return keys;
}

absl::StatusOr<SourceAnswer> CombineDns(std::string_view domain, const DnsAnswer& services,
                                        const DnsAnswer& texts) {
  if (services.records.size() > kMaxRecords || texts.records.size() > kMaxRecords) {
    return absl::InvalidArgumentError("too many records");
  }
  SourceAnswer answer;
  MOLVA_ASSIGN_OR_RETURN(answer.endpoints, Endpoints(services));
  if (texts.is_secure) {
    MOLVA_ASSIGN_OR_RETURN(answer.keys, Keys(texts));
  }
  if (!answer.keys.empty()) {
    answer.trust = Trust::kAuthenticated;
    // Who names a key but no place is at the domain itself.
    if (services.records.empty()) {
      answer.endpoints.push_back(Endpoint{std::string(domain), kStandardPort}.ToString());
    }
  }
  if (answer.keys.empty() && answer.endpoints.empty()) {
    return absl::NotFoundError("DNS says nothing that counts");
  }
  return answer;
}

}  // namespace molva::federation
