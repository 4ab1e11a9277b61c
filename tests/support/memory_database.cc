#include "tests/support/memory_database.h"

#include <algorithm>

#include "base/status_macros.h"

namespace molva::test {

using model::SeqId;
using model::TopicName;
using model::UserId;
using store::Expect;
using store::State;

namespace {

absl::Status CheckExpect(Expect expect, bool is_there, const char* what) {
  if (expect == Expect::kAbsent && is_there) {
    return absl::AlreadyExistsError(std::string(what) + " exists already");
  }
  if (expect == Expect::kPresent && !is_there) {
    return absl::NotFoundError(std::string("no such ") + what);
  }
  return absl::OkStatus();
}

}  // namespace

MemoryDatabase::Topic& MemoryDatabase::Entry(TopicName name) { return topics_[name]; }

const MemoryDatabase::Topic* MemoryDatabase::Find(TopicName name) const {
  const auto at = topics_.find(name);
  return at == topics_.end() ? nullptr : &at->second;
}

absl::Status MemoryDatabase::Apply(const store::Batch& batch, absl::Time now) {
  undo_.clear();
  for (const store::Mutation& mutation : batch) {
    const absl::Status status =
        std::visit([this, now](const auto& one) { return ApplyOne(one, now); }, mutation);
    if (!status.ok()) {
      for (auto undo = undo_.rbegin(); undo != undo_.rend(); ++undo) (*undo)();
      undo_.clear();
      return status;
    }
  }
  undo_.clear();
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutUser& put, absl::Time) {
  MOLVA_RETURN_IF_ERROR(CheckExpect(put.expect, users_.contains(put.user.id), "user"));
  Remember(users_, put.user.id);
  users_.insert_or_assign(put.user.id, put.user);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutLastSeen& put, absl::Time) {
  if (!users_.contains(put.user)) return absl::OkStatus();
  Remember(users_, put.user);
  users_[put.user].last_seen = put.when;
  users_[put.user].user_agent = put.user_agent;
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutTopic& put, absl::Time) {
  Topic& topic = Entry(put.topic.name);
  MOLVA_RETURN_IF_ERROR(CheckExpect(put.expect, topic.record.has_value(), "topic"));
  undo_.push_back([&topic, former = topic.record] { topic.record = former; });
  topic.record = put.topic;
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseTopic& erase, absl::Time now) {
  Topic& topic = Entry(erase.topic);
  undo_.push_back([&topic, former = topic] { topic = former; });
  if (erase.hard) {
    topic = Topic();
    Unlink([name = erase.topic.ToString()](const FileLink& link) {
      return std::get<std::string>(link) == name;
    });
    return absl::OkStatus();
  }
  if (topic.record.has_value()) topic.record->state = State::kDeleted;
  for (auto& [key, subscription] : topic.subscriptions) {
    if (!subscription.deleted.has_value()) subscription.deleted = now;
  }
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutSubscription& put, absl::Time) {
  auto& subscriptions = Entry(put.subscription.topic).subscriptions;
  const SubscriberKey key(put.subscription.user, put.subscription.is_reader);
  MOLVA_RETURN_IF_ERROR(CheckExpect(put.expect, subscriptions.contains(key), "subscription"));
  Remember(subscriptions, key);
  subscriptions.insert_or_assign(key, put.subscription);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::RaiseMarks& raise, absl::Time) {
  auto& subscriptions = Entry(raise.topic).subscriptions;
  const SubscriberKey key(raise.user, raise.is_reader);
  const auto at = subscriptions.find(key);
  if (at == subscriptions.end()) return absl::OkStatus();
  Remember(subscriptions, key);
  at->second.recv = std::max(at->second.recv, raise.recv);
  at->second.read = std::max(at->second.read, raise.read);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::AppendMessage& append, absl::Time) {
  Topic& topic = Entry(append.message.topic);
  const SeqId last = topic.messages.empty() ? 0 : topic.messages.rbegin()->first;
  if (!topic.record.has_value()) return absl::AbortedError("append to a topic that is gone");
  if (append.message.seq != last + 1) return absl::AbortedError("append out of sequence");
  if (append.epoch < topic.epoch) return absl::AbortedError("append by a former owner");
  undo_.push_back([&topic, epoch = topic.epoch] { topic.epoch = epoch; });
  topic.epoch = append.epoch;
  Remember(topic.messages, append.message.seq);
  topic.messages[append.message.seq].record = append.message;
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutDeletion& put, absl::Time) {
  const store::DeletionRecord& deletion = put.deletion;
  Topic& topic = Entry(deletion.topic);
  const DeletionKey key(deletion.user, deletion.del_id);
  Remember(topic.deletions, key);
  topic.deletions.insert_or_assign(key, deletion);
  if (!deletion.user.is_nobody()) {
    for (const bool is_reader : {false, true}) {
      const SubscriberKey subscriber(deletion.user, is_reader);
      const auto at = topic.subscriptions.find(subscriber);
      if (at == topic.subscriptions.end()) continue;
      Remember(topic.subscriptions, subscriber);
      at->second.del_id = std::max(at->second.del_id, deletion.del_id);
    }
    return absl::OkStatus();
  }
  undo_.push_back([&topic, former = topic.record] { topic.record = former; });
  if (topic.record.has_value()) {
    topic.record->del_id = std::max(topic.record->del_id, deletion.del_id);
  }
  for (const model::SeqRange& range : deletion.ranges) {
    EraseBeside(topic, range);
    Unlink([&range, name = deletion.topic.ToString()](const FileLink& link) {
      const SeqId seq = std::get<SeqId>(link);
      return std::get<std::string>(link) == name && seq >= range.low && seq < range.hi;
    });
    for (auto at = topic.messages.lower_bound(range.low);
         at != topic.messages.end() && at->first < range.hi; ++at) {
      Remember(topic.messages, at->first);
      at->second.is_wiped = true;
      at->second.record.from = UserId::Nobody();
      at->second.record.head.clear();
      at->second.record.content = {};
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseUserDeletions& erase, absl::Time) {
  Topic& topic = Entry(erase.topic);
  undo_.push_back([&topic, former = topic.deletions] { topic.deletions = former; });
  std::erase_if(topic.deletions,
                [&erase](const auto& entry) { return entry.first.first == erase.user; });
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutAuth& put, absl::Time) {
  const AuthKey key(put.auth.scheme, put.auth.unique);
  MOLVA_RETURN_IF_ERROR(CheckExpect(put.expect, auths_.contains(key), "auth record"));
  if (!put.former.empty() && (!auths_.contains(key) || auths_.at(key).secret != put.former)) {
    return absl::AbortedError("no such auth record with the former secret");
  }
  Remember(auths_, key);
  if (!put.former.empty()) {
    auths_.at(key).secret = put.auth.secret;
    return absl::OkStatus();
  }
  auths_.insert_or_assign(key, put.auth);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseAuth& erase, absl::Time) {
  const AuthKey key(erase.scheme, erase.unique);
  Remember(auths_, key);
  auths_.erase(key);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutCredential& put, absl::Time) {
  const store::CredentialRecord& credential = put.credential;
  const CredentialKey key(credential.user, credential.method, credential.value);
  MOLVA_RETURN_IF_ERROR(CheckExpect(put.expect, credentials_.contains(key), "credential"));
  const auto owner = FindCredential(credential.method, credential.value);
  if (credential.is_done && owner.has_value() && owner->user != credential.user) {
    return absl::AlreadyExistsError("credential of another user");
  }
  Remember(credentials_, key);
  credentials_.insert_or_assign(key, credential);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseCredential& erase, absl::Time) {
  const CredentialKey key(erase.user, erase.method, erase.value);
  Remember(credentials_, key);
  credentials_.erase(key);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseUser& erase, absl::Time) {
  undo_.push_back(
      [this, users = users_, auths = auths_, credentials = credentials_, devices = devices_] {
        users_ = users;
        devices_ = devices;
        auths_ = auths;
        credentials_ = credentials;
      });
  std::erase_if(credentials_,
                [&erase](const auto& entry) { return entry.second.user == erase.user; });
  std::erase_if(devices_, [&erase](const auto& entry) { return entry.second.user == erase.user; });
  users_.erase(erase.user);
  Unlink([&erase](const FileLink& link) {
    return std::get<std::string>(link).empty() && std::get<UserId>(link) == erase.user;
  });
  std::erase_if(auths_, [&erase](const auto& entry) { return entry.second.user == erase.user; });
  for (auto& [name, topic] : topics_) {
    EraseReactions(topic, [&erase](const auto& one) { return one.user == erase.user; });
    for (const bool is_reader : {false, true}) {
      const SubscriberKey key(erase.user, is_reader);
      if (!topic.subscriptions.contains(key)) continue;
      Remember(topic.subscriptions, key);
      topic.subscriptions.erase(key);
    }
    for (auto& [seq, message] : topic.messages) {
      if (message.record.from != erase.user) continue;
      Remember(topic.messages, seq);
      message.record.from = UserId::Nobody();
    }
    for (auto at = topic.deletions.begin(); at != topic.deletions.end();) {
      if (at->first.first != erase.user) {
        ++at;
        continue;
      }
      Remember(topic.deletions, at->first);
      at = topic.deletions.erase(at);
    }
  }
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::PutValue& put, absl::Time) {
  MOLVA_RETURN_IF_ERROR(CheckExpect(put.expect, values_.contains(put.key), "value"));
  Remember(values_, put.key);
  values_.insert_or_assign(put.key, put.value);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseValue& erase, absl::Time) {
  Remember(values_, erase.key);
  values_.erase(erase.key);
  return absl::OkStatus();
}

}  // namespace molva::test
