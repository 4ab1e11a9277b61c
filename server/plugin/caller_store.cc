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
  if (submission != nullptr) api_.submit(instance_, submission->data(), submission->size());
}

void CallerStore::Write(store::Batch batch, store::Written done) {
  const std::uint64_t token = caller_->NextToken();
  const Submission submission =
      pending_ != nullptr ? pending_ : std::make_shared<std::vector<molva_batch>>();
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
  submission->push_back(c);
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
      }};
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
