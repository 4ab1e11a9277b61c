#include "plugin/store_rows.h"

#include <algorithm>

#include "base/status_macros.h"
#include "molva/plugin.hpp"
#include "plugin/row_parts.h"

namespace molva::plugin {
namespace {

// The one part `part` of the one row, if there is a row.
template <typename Record, typename Part>
absl::StatusOr<std::optional<Record>> ReadOne(const Rows& rows, Part part) {
  if (rows.count == 0) return std::nullopt;
  MOLVA_ASSIGN_OR_RETURN(Record record, From(PartOf(rows.at(0), part)));
  return std::optional<Record>(std::move(record));
}

template <typename Record, typename Part>
absl::StatusOr<std::vector<Record>> ReadAll(const Rows& rows, Part part) {
  std::vector<Record> records;
  records.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    MOLVA_ASSIGN_OR_RETURN(Record record, From(PartOf(rows.at(i), part)));
    records.push_back(std::move(record));
  }
  return records;
}

// A p2p topic is described by the card of the other side.
void DescribeByPeer(store::TopicRecord& topic, const store::UserRecord& peer) {
  topic.public_card = peer.public_card;
  topic.trusted = peer.trusted;
  topic.updated = std::max(topic.updated, peer.updated);
  topic.state = peer.state;
}

}  // namespace

absl::StatusOr<std::optional<store::UserRecord>> ReadUser(const Rows& rows) {
  return ReadOne<store::UserRecord>(rows, &molva_row::user);
}

absl::StatusOr<std::optional<store::TopicRecord>> ReadTopic(const Rows& rows) {
  return ReadOne<store::TopicRecord>(rows, &molva_row::topic);
}

absl::StatusOr<std::vector<store::SubscriptionRecord>> ReadSubscriptions(const Rows& rows) {
  return ReadAll<store::SubscriptionRecord>(rows, &molva_row::subscription);
}

absl::StatusOr<std::optional<store::SubscriptionRecord>> ReadSubscription(const Rows& rows) {
  return ReadOne<store::SubscriptionRecord>(rows, &molva_row::subscription);
}

absl::StatusOr<std::vector<store::Member>> ReadMembers(const Rows& rows) {
  std::vector<store::Member> members;
  members.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::Member member;
    MOLVA_ASSIGN_OR_RETURN(member.subscription, From(row.subscription));
    member.user.id = member.subscription.user;
    if (row.user != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(member.user, From(row.user));
    }
    members.push_back(std::move(member));
  }
  return members;
}

absl::StatusOr<std::vector<store::Contact>> ReadContacts(const Rows& rows) {
  std::vector<store::Contact> contacts;
  contacts.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::Contact contact;
    MOLVA_ASSIGN_OR_RETURN(contact.subscription, From(row.subscription));
    MOLVA_ASSIGN_OR_RETURN(contact.topic, From(row.topic));
    const model::TopicKind kind = contact.topic.name.kind();
    if (kind == model::TopicKind::kMe || kind == model::TopicKind::kFnd) continue;
    if (row.user != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(contact.peer, From(row.user));
      DescribeByPeer(contact.topic, *contact.peer);
    }
    contacts.push_back(std::move(contact));
  }
  return contacts;
}

absl::StatusOr<std::vector<store::MessageRecord>> ReadMessages(const Rows& rows) {
  return ReadAll<store::MessageRecord>(rows, &molva_row::message);
}

absl::StatusOr<std::vector<store::WordHit>> ReadWordHits(const Rows& rows) {
  std::vector<store::WordHit> hits;
  hits.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    store::WordHit hit;
    MOLVA_ASSIGN_OR_RETURN(hit.message, From(rows.at(i).message));
    MOLVA_ASSIGN_OR_RETURN(hit.subscription, From(rows.at(i).subscription));
    hits.push_back(std::move(hit));
  }
  return hits;
}

absl::StatusOr<std::vector<store::DeletionRecord>> ReadDeletions(const Rows& rows) {
  return ReadAll<store::DeletionRecord>(rows, &molva_row::deletion);
}

absl::StatusOr<std::optional<store::AuthRecord>> ReadAuth(const Rows& rows) {
  return ReadOne<store::AuthRecord>(rows, &molva_row::auth);
}

absl::StatusOr<std::vector<store::CredentialRecord>> ReadCredentials(const Rows& rows) {
  return ReadAll<store::CredentialRecord>(rows, &molva_row::credential);
}

absl::StatusOr<std::optional<store::CredentialRecord>> ReadCredential(const Rows& rows) {
  return ReadOne<store::CredentialRecord>(rows, &molva_row::credential);
}

absl::StatusOr<std::vector<store::DeviceRecord>> ReadDevices(const Rows& rows) {
  return ReadAll<store::DeviceRecord>(rows, &molva_row::device);
}

absl::StatusOr<std::optional<store::FileRecord>> ReadFile(const Rows& rows) {
  return ReadOne<store::FileRecord>(rows, &molva_row::file);
}

absl::StatusOr<std::vector<store::FileRecord>> ReadFiles(const Rows& rows) {
  return ReadAll<store::FileRecord>(rows, &molva_row::file);
}

absl::StatusOr<std::vector<store::UidRecord>> ReadUids(const Rows& rows) {
  return ReadAll<store::UidRecord>(rows, &molva_row::uid);
}

absl::StatusOr<std::vector<store::DueRecord>> ReadDues(const Rows& rows) {
  return ReadAll<store::DueRecord>(rows, &molva_row::due);
}

absl::StatusOr<std::vector<store::ReactionRecord>> ReadReactions(const Rows& rows) {
  return ReadAll<store::ReactionRecord>(rows, &molva_row::reaction);
}

absl::StatusOr<std::vector<store::TagHit>> ReadTagHits(const Rows& rows) {
  std::vector<store::TagHit> hits;
  hits.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::TagHit hit;
    if (row.user != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(hit.what, From(row.user));
    } else {
      MOLVA_ASSIGN_OR_RETURN(hit.what, From(row.topic));
    }
    hit.matched = ToList(row.texts);
    hits.push_back(std::move(hit));
  }
  return hits;
}

absl::StatusOr<std::optional<std::string>> ReadValue(const Rows& rows) {
  if (rows.count == 0) return std::nullopt;
  const molva_texts texts = rows.at(0).texts;
  if (texts.count != 1) return Missing("value");
  return sdk::Copy(texts.items[0]);
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadValues(const Rows& rows) {
  std::vector<std::pair<std::string, std::string>> values;
  values.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    std::vector<std::string> texts = ToList(rows.at(i).texts);
    if (texts.size() != 2) return Missing("key or value");
    values.emplace_back(std::move(texts[0]), std::move(texts[1]));
  }
  return values;
}

absl::StatusOr<std::vector<store::LaneRecord>> ReadLanes(const Rows& rows) {
  return ReadAll<store::LaneRecord>(rows, &molva_row::lane);
}

absl::StatusOr<std::vector<store::StoredEntry>> ReadEntries(const Rows& rows) {
  std::vector<store::StoredEntry> entries;
  entries.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    const molva_row& row = rows.at(i);
    store::StoredEntry stored;
    MOLVA_ASSIGN_OR_RETURN(stored.entry, From(PartOf(row, &molva_row::entry)));
    if (!entries.empty() && stored.entry.n <= entries.back().entry.n) {
      return absl::DataLossError("the entries of the store are out of order");
    }
    if (row.message != nullptr) {
      MOLVA_ASSIGN_OR_RETURN(stored.message, From(row.message));
    }
    entries.push_back(std::move(stored));
  }
  return entries;
}

absl::StatusOr<std::vector<store::DeliveryRecord>> ReadDeliveries(const Rows& rows) {
  return ReadAll<store::DeliveryRecord>(rows, &molva_row::delivery);
}

absl::StatusOr<std::vector<store::ForeignName>> ReadForeignNames(const Rows& rows) {
  std::vector<store::ForeignName> names;
  names.reserve(rows.count);
  for (std::size_t i = 0; i < rows.count; ++i) {
    std::vector<std::string> texts = ToList(rows.at(i).texts);
    if (texts.size() != 2 || texts[1].empty()) return Missing("foreign name");
    store::ForeignName name;
    MOLVA_ASSIGN_OR_RETURN(name.alias, ParseName(texts[0]));
    name.origin = std::move(texts[1]);
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace molva::plugin
