// The parts of a row of a storage plugin as records of the core, each checked.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "molva/store_plugin.h"
#include "store/store.h"

namespace molva::plugin {

// The part of `row`, or nullptr: the maker of the row may not know it yet.
template <typename Part>
const Part* PartOf(const molva_row& row, const Part* molva_row::* part) {
  const auto* start = reinterpret_cast<const char*>(&row);
  const auto* end = reinterpret_cast<const char*>(&(row.*part) + 1);
  return end - start <= static_cast<std::ptrdiff_t>(row.struct_size) ? row.*part : nullptr;
}

// A row that lacks its `part`.
absl::Status Missing(const char* part);
absl::StatusOr<model::TopicName> ParseName(std::string_view text);
std::vector<std::string> ToList(molva_texts texts);

// Each copies the part.
// Errors, of ParseName too: kDataLoss for nullptr, a name that is none, numbers that cannot be.
absl::StatusOr<store::UserRecord> From(const molva_user* c);
absl::StatusOr<store::TopicRecord> From(const molva_topic* c);
absl::StatusOr<store::SubscriptionRecord> From(const molva_subscription* c);
absl::StatusOr<store::MessageRecord> From(const molva_message* c);
absl::StatusOr<store::DeletionRecord> From(const molva_deletion* c);
absl::StatusOr<store::AuthRecord> From(const molva_auth_record* c);
absl::StatusOr<store::CredentialRecord> From(const molva_credential* c);
absl::StatusOr<store::DeviceRecord> From(const molva_device_record* c);
absl::StatusOr<store::FileRecord> From(const molva_file* c);
absl::StatusOr<store::UidRecord> From(const molva_uid* c);
absl::StatusOr<store::DueRecord> From(const molva_due* c);
absl::StatusOr<store::ReactionRecord> From(const molva_reaction* c);
absl::StatusOr<store::LaneRecord> From(const molva_lane* c);
absl::StatusOr<store::EntryRecord> From(const molva_entry* c);
absl::StatusOr<store::DeliveryRecord> From(const molva_delivery* c);

}  // namespace molva::plugin
