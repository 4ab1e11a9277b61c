// Rows of storage plugins as records of the core. A plugin is outside code: every row is checked.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "molva/store_plugin.h"
#include "store/store.h"

namespace molva::plugin {

// The rows of one answer. Borrowed for the length of the call.
struct Rows {
  const molva_row* first;
  std::size_t count;

  const molva_row& at(std::size_t i) const { return *MOLVA_AT(molva_row, first, i); }
};

// Each reads the whole answer to its kind of query.
// Errors: kDataLoss if a row lacks a part, has a name that is none or numbers that cannot be.
absl::StatusOr<std::optional<store::UserRecord>> ReadUser(const Rows& rows);
absl::StatusOr<std::optional<store::TopicRecord>> ReadTopic(const Rows& rows);
absl::StatusOr<std::vector<store::SubscriptionRecord>> ReadSubscriptions(const Rows& rows);
absl::StatusOr<std::optional<store::SubscriptionRecord>> ReadSubscription(const Rows& rows);
absl::StatusOr<std::vector<store::Member>> ReadMembers(const Rows& rows);
absl::StatusOr<std::vector<store::Contact>> ReadContacts(const Rows& rows);
absl::StatusOr<std::vector<store::MessageRecord>> ReadMessages(const Rows& rows);
absl::StatusOr<std::vector<store::WordHit>> ReadWordHits(const Rows& rows);
absl::StatusOr<std::vector<store::DeletionRecord>> ReadDeletions(const Rows& rows);
absl::StatusOr<std::optional<store::AuthRecord>> ReadAuth(const Rows& rows);
absl::StatusOr<std::vector<store::CredentialRecord>> ReadCredentials(const Rows& rows);
absl::StatusOr<std::optional<store::CredentialRecord>> ReadCredential(const Rows& rows);
absl::StatusOr<std::vector<store::DeviceRecord>> ReadDevices(const Rows& rows);
absl::StatusOr<std::optional<store::FileRecord>> ReadFile(const Rows& rows);
absl::StatusOr<std::vector<store::FileRecord>> ReadFiles(const Rows& rows);
absl::StatusOr<std::vector<store::UidRecord>> ReadUids(const Rows& rows);
absl::StatusOr<std::vector<store::DueRecord>> ReadDues(const Rows& rows);
absl::StatusOr<std::vector<store::ReactionRecord>> ReadReactions(const Rows& rows);
absl::StatusOr<std::vector<store::TagHit>> ReadTagHits(const Rows& rows);
absl::StatusOr<std::optional<std::string>> ReadValue(const Rows& rows);
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadValues(const Rows& rows);
absl::StatusOr<std::vector<store::LaneRecord>> ReadLanes(const Rows& rows);
absl::StatusOr<std::vector<store::StoredEntry>> ReadEntries(const Rows& rows);
absl::StatusOr<std::vector<store::DeliveryRecord>> ReadDeliveries(const Rows& rows);
absl::StatusOr<std::vector<store::ForeignName>> ReadForeignNames(const Rows& rows);

}  // namespace molva::plugin
