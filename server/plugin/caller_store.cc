#include "plugin/caller_store.h"

#include <fmt/format.h>

#include "base/strings.h"
#include "plugin/store_requests.h"
#include "plugin/store_rows.h"

namespace molva::plugin {

using store::Done;

namespace {

absl::Status TooMany() { return absl::UnavailableError("too many requests wait for the store"); }

std::unique_ptr<QueryRequest> Request(molva_query_kind kind) {
  return std::make_unique<QueryRequest>(kind);
}

}  // namespace

CallerStore::~CallerStore() {
  SubmitPending();
  caller_->Leave();
}

absl::Status CallerStore::CheckVersion(std::uint32_t needed_minor) const {
  if (needed_minor <= abi_minor_) return absl::OkStatus();
  return absl::UnimplementedError(
      base::ToAbsl(fmt::format("the storage plugin was built for ABI {}.{}, this needs {}.{}",
                               MOLVA_ABI_MAJOR, abi_minor_, MOLVA_ABI_MAJOR, needed_minor)));
}

void CallerStore::SubmitPending() {
  const Submission submission = std::exchange(pending_, nullptr);
  if (submission == nullptr) return;
  submission->since = CallStats::Clock::now();
  api_.submit(instance_, submission->batches.data(), submission->batches.size());
}

void CallerStore::Write(store::Batch batch, store::Written done) {
  if (tap_ != nullptr) done = tap_->Watch(batch, std::move(done));
  const std::uint64_t token = caller_->NextToken();
  const Submission submission =
      pending_ != nullptr ? pending_ : std::make_shared<SubmittedBatches>();
  WaitingWrite write{std::make_unique<BatchRequest>(std::move(batch), caller_->shard().Now(),
                                                    caller_->number(), token),
                     std::move(done), submission};
  const molva_batch c = write.request->c();
  absl::Status refusal = CheckVersion(write.request->needed_minor());
  if (refusal.ok() && !caller_->Keep(token, write)) refusal = TooMany();
  if (!refusal.ok()) {
    return caller_->Deliver(
        [done = std::move(write.done), refusal]() mutable { done(std::move(refusal)); }, caller_);
  }
  submission->batches.push_back(c);
  if (pending_ != nullptr) return;
  pending_ = submission;
  caller_->Deliver([this] { SubmitPending(); }, caller_);
}

template <typename T>
void CallerStore::Ask(std::unique_ptr<QueryRequest> request, absl::StatusOr<T> (*read)(const Rows&),
                      Done<T> done) {
  SubmitPending();  // a query sees what was written before it
  const std::uint64_t token = caller_->NextToken();
  request->c.token = token;
  request->c.caller = caller_->number();
  const molva_query& c = request->c;
  absl::Status refusal = CheckVersion(NeededMinor(c.kind));
  WaitingQuery query{
      std::move(request),
      [read, done = std::move(done)](const absl::Status& status, const Rows& rows) mutable {
        absl::StatusOr<T> result = status.ok() ? read(rows) : absl::StatusOr<T>(status);
        return runtime::Task([done = std::move(done), result = std::move(result)]() mutable {
          done(std::move(result));
        });
      },
      CallStats::Clock::now()};
  if (refusal.ok() && caller_->Keep(token, query)) return api_.query(instance_, &c);
  if (refusal.ok()) refusal = TooMany();
  caller_->Deliver(query.reply(refusal, Rows{nullptr, 0}), caller_);
}

void CallerStore::FindUser(model::UserId id, Done<std::optional<store::UserRecord>> done) {
  auto request = Request(MOLVA_FIND_USER);
  request->SetUser(id);
  Ask(std::move(request), &ReadUser, std::move(done));
}

void CallerStore::FindTopic(model::TopicName name, Done<std::optional<store::TopicRecord>> done) {
  auto request = Request(MOLVA_FIND_TOPIC);
  request->SetTopic(name);
  Ask(std::move(request), &ReadTopic, std::move(done));
}

void CallerStore::ListSubscriptions(model::TopicName topic,
                                    Done<std::vector<store::SubscriptionRecord>> done) {
  auto request = Request(MOLVA_LIST_SUBSCRIPTIONS);
  request->SetTopic(topic);
  Ask(std::move(request), &ReadSubscriptions, std::move(done));
}

void CallerStore::FindSubscription(model::TopicName topic, model::UserId user, bool is_reader,
                                   Done<std::optional<store::SubscriptionRecord>> done) {
  auto request = Request(MOLVA_FIND_SUBSCRIPTION);
  request->SetTopic(topic);
  request->SetUser(user);
  request->c.is_reader = is_reader ? 1 : 0;
  Ask(std::move(request), &ReadSubscription, std::move(done));
}

void CallerStore::ListMembers(model::TopicName topic, Done<std::vector<store::Member>> done) {
  auto request = Request(MOLVA_LIST_MEMBERS);
  request->SetTopic(topic);
  Ask(std::move(request), &ReadMembers, std::move(done));
}

void CallerStore::ListContacts(model::UserId user, Done<std::vector<store::Contact>> done) {
  auto request = Request(MOLVA_LIST_CONTACTS);
  request->SetUser(user);
  Ask(std::move(request), &ReadContacts, std::move(done));
}

void CallerStore::ListMessages(store::MessageQuery query,
                               Done<std::vector<store::MessageRecord>> done) {
  auto request = Request(MOLVA_LIST_MESSAGES);
  request->SetTopic(query.topic);
  request->SetUser(query.reader);
  request->SetRanges(query.ranges);
  request->c.limit = query.limit;
  Ask(std::move(request), &ReadMessages, std::move(done));
}

void CallerStore::ListDeletions(store::DeletionQuery query,
                                Done<std::vector<store::DeletionRecord>> done) {
  auto request = Request(MOLVA_LIST_DELETIONS);
  request->SetTopic(query.topic);
  request->SetUser(query.reader);
  request->c.since = query.since;
  request->c.before = query.before;
  request->c.limit = query.limit;
  Ask(std::move(request), &ReadDeletions, std::move(done));
}

void CallerStore::FindAuth(std::string scheme, std::string unique,
                           Done<std::optional<store::AuthRecord>> done) {
  auto request = Request(MOLVA_FIND_AUTH);
  request->SetScheme(std::move(scheme));
  request->SetKey(std::move(unique));
  Ask(std::move(request), &ReadAuth, std::move(done));
}

void CallerStore::FindAuthOfUser(std::string scheme, model::UserId user,
                                 Done<std::optional<store::AuthRecord>> done) {
  auto request = Request(MOLVA_FIND_AUTH_OF_USER);
  request->SetScheme(std::move(scheme));
  request->SetUser(user);
  Ask(std::move(request), &ReadAuth, std::move(done));
}

void CallerStore::ListCredentials(model::UserId user,
                                  Done<std::vector<store::CredentialRecord>> done) {
  auto request = Request(MOLVA_LIST_CREDENTIALS);
  request->SetUser(user);
  Ask(std::move(request), &ReadCredentials, std::move(done));
}

void CallerStore::FindCredential(std::string method, std::string value,
                                 Done<std::optional<store::CredentialRecord>> done) {
  auto request = Request(MOLVA_FIND_CREDENTIAL);
  request->SetScheme(std::move(method));
  request->SetKey(std::move(value));
  Ask(std::move(request), &ReadCredential, std::move(done));
}

void CallerStore::ListDevices(model::UserId user, Done<std::vector<store::DeviceRecord>> done) {
  auto request = Request(MOLVA_LIST_DEVICES);
  request->c.user = user.bits();
  Ask(std::move(request), &ReadDevices, std::move(done));
}

void CallerStore::FindFile(model::FileId id, Done<std::optional<store::FileRecord>> done) {
  auto request = Request(MOLVA_FIND_FILE);
  request->c.file = id.bits();
  Ask(std::move(request), &ReadFile, std::move(done));
}

void CallerStore::ListUnusedFiles(absl::Time made_before, std::int32_t limit,
                                  Done<std::vector<store::FileRecord>> done) {
  auto request = Request(MOLVA_LIST_UNUSED_FILES);
  request->c.before_time = ToMillis(made_before);
  request->c.limit = limit;
  Ask(std::move(request), &ReadFiles, std::move(done));
}

void CallerStore::ListUids(model::TopicName topic, std::int32_t limit,
                           Done<std::vector<store::UidRecord>> done) {
  auto request = Request(MOLVA_LIST_UIDS);
  request->SetTopic(topic);
  request->c.limit = limit;
  Ask(std::move(request), &ReadUids, std::move(done));
}

void CallerStore::ListDue(std::optional<model::TopicName> topic, absl::Time before,
                          std::int32_t limit, Done<std::vector<store::DueRecord>> done) {
  auto request = Request(MOLVA_LIST_DUE);
  if (topic.has_value()) request->SetTopic(*topic);
  request->c.before_time = ToMillis(before);
  request->c.limit = limit;
  Ask(std::move(request), &ReadDues, std::move(done));
}

void CallerStore::ListOld(std::optional<model::TopicName> topic, absl::Time before,
                          std::int32_t limit, Done<std::vector<store::DueRecord>> done) {
  auto request = Request(MOLVA_LIST_OLD);
  if (topic.has_value()) request->SetTopic(*topic);
  request->c.before_time = ToMillis(before);
  request->c.limit = limit;
  Ask(std::move(request), &ReadDues, std::move(done));
}

void CallerStore::FindWords(store::WordQuery query, Done<std::vector<store::MessageRecord>> done) {
  auto request = Request(MOLVA_FIND_WORDS);
  request->SetTopic(query.topic);
  request->SetUser(query.reader);
  request->SetRanges(query.ranges);
  request->SetPhrases(query.phrases);
  request->c.limit = query.limit;
  Ask(std::move(request), &ReadMessages, std::move(done));
}

void CallerStore::FindWordsOfUser(store::UserWordQuery query,
                                  Done<std::vector<store::WordHit>> done) {
  auto request = Request(MOLVA_FIND_WORDS_OF_USER);
  request->SetUser(query.reader);
  request->SetPhrases(query.phrases);
  if (query.behind.has_value()) {
    request->SetTopic(query.behind->topic);
    request->c.before_time = ToMillis(query.behind->created);
    request->c.before = query.behind->seq;
  }
  request->c.limit = query.limit;
  Ask(std::move(request), &ReadWordHits, std::move(done));
}

void CallerStore::ListUnindexed(store::TopicScope scope, std::int32_t limit,
                                Done<std::vector<store::MessageRecord>> done) {
  constexpr std::int64_t kMaxBytes = 1 << 18;
  auto request = Request(MOLVA_LIST_UNINDEXED);
  if (const auto* topic = std::get_if<model::TopicName>(&scope)) request->SetTopic(*topic);
  if (const auto* user = std::get_if<model::UserId>(&scope)) request->SetUser(*user);
  request->c.limit = limit;
  request->c.max_bytes = kMaxBytes;
  Ask(std::move(request), &ReadMessages, std::move(done));
}

void CallerStore::ListReactions(store::ReactionQuery query,
                                Done<std::vector<store::ReactionRecord>> done) {
  auto request = Request(MOLVA_LIST_REACTIONS);
  request->SetTopic(query.topic);
  request->SetRanges(query.ranges);
  request->c.limit = query.limit;
  Ask(std::move(request), &ReadReactions, std::move(done));
}

void CallerStore::FindByTags(store::TagQuery query, Done<std::vector<store::TagHit>> done) {
  auto request = Request(MOLVA_FIND_BY_TAGS);
  request->SetTags(query);
  Ask(std::move(request), &ReadTagHits, std::move(done));
}

void CallerStore::FindValue(std::string key, Done<std::optional<std::string>> done) {
  auto request = Request(MOLVA_FIND_VALUE);
  request->SetKey(std::move(key));
  Ask(std::move(request), &ReadValue, std::move(done));
}

void CallerStore::ListValues(std::string prefix, std::int32_t limit,
                             Done<std::vector<std::pair<std::string, std::string>>> done) {
  auto request = Request(MOLVA_LIST_VALUES);
  request->SetKey(std::move(prefix));
  request->c.limit = limit;
  Ask(std::move(request), &ReadValues, std::move(done));
}

void CallerStore::ListLanes(model::TopicName topic, Done<std::vector<store::LaneRecord>> done) {
  auto request = Request(MOLVA_LIST_LANES);
  request->SetTopic(topic);
  Ask(std::move(request), &ReadLanes, std::move(done));
}

void CallerStore::ListEntries(store::EntryQuery query, Done<std::vector<store::StoredEntry>> done) {
  auto request = Request(MOLVA_LIST_ENTRIES);
  request->SetTopic(query.topic);
  request->SetScheme(std::move(query.lane));
  request->c.after = query.after;
  request->c.limit = query.limit;
  request->c.max_bytes = query.max_bytes;
  Ask(std::move(request), &ReadEntries, std::move(done));
}

void CallerStore::ListDeliveries(store::DeliveryQuery query,
                                 Done<std::vector<store::DeliveryRecord>> done) {
  auto request = Request(MOLVA_LIST_DELIVERIES);
  request->SetKey(std::move(query.peer));
  request->c.topic = request->arena.Keep(std::move(query.after_topic));
  request->SetScheme(std::move(query.after_lane));
  request->c.limit = query.limit;
  Ask(std::move(request), &ReadDeliveries, std::move(done));
}

void CallerStore::ListForeignNames(std::string after, std::int32_t limit,
                                   Done<std::vector<store::ForeignName>> done) {
  auto request = Request(MOLVA_LIST_FOREIGN_NAMES);
  request->SetKey(std::move(after));
  request->c.limit = limit;
  Ask(std::move(request), &ReadForeignNames, std::move(done));
}

}  // namespace molva::plugin
