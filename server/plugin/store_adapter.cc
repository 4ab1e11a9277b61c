#include "plugin/store_adapter.h"

#include <fmt/format.h>

#include <utility>

#include "base/log.h"
#include "plugin/store_lane.h"
#include "plugin/store_requests.h"
#include "plugin/store_rows.h"

namespace molva::plugin {
namespace {

using store::Done;

absl::Status TooMany() { return absl::UnavailableError("too many requests wait for the store"); }

// The store of one shard. The batches of a turn are submitted together, when it ends or a query
// follows: the plugin's threads are woken once, and one commit takes them all.
class LaneStore final : public store::Store {
 public:
  LaneStore(const molva_store_api& api, molva_store* instance, std::shared_ptr<Lane> lane)
      : api_(api), instance_(instance), lane_(std::move(lane)) {}
  ~LaneStore() override {
    SubmitPending();
    lane_->Leave();
  }

  void Write(store::Batch batch, store::Written done) override {
    const std::uint64_t token = lane_->NextToken();
    const Submission submission =
        pending_ != nullptr ? pending_ : std::make_shared<std::vector<molva_batch>>();
    WaitingWrite write{std::make_unique<BatchRequest>(std::move(batch), lane_->shard().Now(),
                                                      lane_->number(), token),
                       std::move(done), submission};
    const molva_batch c = write.request->c();
    if (!lane_->Keep(token, write)) {
      return lane_->Deliver([done = std::move(write.done)]() mutable { done(TooMany()); }, lane_);
    }
    submission->push_back(c);
    if (pending_ != nullptr) return;
    pending_ = submission;
    lane_->Deliver([this] { SubmitPending(); }, lane_);
  }

  void FindUser(model::UserId id, Done<std::optional<store::UserRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_USER);
    request->SetUser(id);
    Ask(std::move(request), &ReadUser, std::move(done));
  }
  void FindTopic(model::TopicName name, Done<std::optional<store::TopicRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_TOPIC);
    request->SetTopic(name);
    Ask(std::move(request), &ReadTopic, std::move(done));
  }
  void ListSubscriptions(model::TopicName topic,
                         Done<std::vector<store::SubscriptionRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_LIST_SUBSCRIPTIONS);
    request->SetTopic(topic);
    Ask(std::move(request), &ReadSubscriptions, std::move(done));
  }
  void FindSubscription(model::TopicName topic, model::UserId user, bool is_reader,
                        Done<std::optional<store::SubscriptionRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_SUBSCRIPTION);
    request->SetTopic(topic);
    request->SetUser(user);
    request->c.is_reader = is_reader ? 1 : 0;
    Ask(std::move(request), &ReadSubscription, std::move(done));
  }
  void ListMembers(model::TopicName topic, Done<std::vector<store::Member>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_LIST_MEMBERS);
    request->SetTopic(topic);
    Ask(std::move(request), &ReadMembers, std::move(done));
  }
  void ListContacts(model::UserId user, Done<std::vector<store::Contact>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_LIST_CONTACTS);
    request->SetUser(user);
    Ask(std::move(request), &ReadContacts, std::move(done));
  }
  void ListMessages(store::MessageQuery query,
                    Done<std::vector<store::MessageRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_LIST_MESSAGES);
    request->SetTopic(query.topic);
    request->SetUser(query.reader);
    request->SetRanges(query.ranges);
    request->c.limit = query.limit;
    Ask(std::move(request), &ReadMessages, std::move(done));
  }
  void ListDeletions(store::DeletionQuery query,
                     Done<std::vector<store::DeletionRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_LIST_DELETIONS);
    request->SetTopic(query.topic);
    request->SetUser(query.reader);
    request->c.since = query.since;
    request->c.before = query.before;
    request->c.limit = query.limit;
    Ask(std::move(request), &ReadDeletions, std::move(done));
  }
  void FindAuth(std::string scheme, std::string unique,
                Done<std::optional<store::AuthRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_AUTH);
    request->c.scheme = request->arena.Keep(std::move(scheme));
    request->c.key = request->arena.Keep(std::move(unique));
    Ask(std::move(request), &ReadAuth, std::move(done));
  }
  void FindAuthOfUser(std::string scheme, model::UserId user,
                      Done<std::optional<store::AuthRecord>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_AUTH_OF_USER);
    request->c.scheme = request->arena.Keep(std::move(scheme));
    request->SetUser(user);
    Ask(std::move(request), &ReadAuth, std::move(done));
  }
  void FindByTags(store::TagQuery query, Done<std::vector<store::TagHit>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_BY_TAGS);
    request->SetTags(query);
    Ask(std::move(request), &ReadTagHits, std::move(done));
  }
  void FindValue(std::string key, Done<std::optional<std::string>> done) override {
    auto request = std::make_unique<QueryRequest>(MOLVA_FIND_VALUE);
    request->c.key = request->arena.Keep(std::move(key));
    Ask(std::move(request), &ReadValue, std::move(done));
  }

 private:
  void SubmitPending() {
    const Submission submission = std::exchange(pending_, nullptr);
    if (submission != nullptr) api_.submit(instance_, submission->data(), submission->size());
  }

  template <typename T>
  void Ask(std::unique_ptr<QueryRequest> request, absl::StatusOr<T> (*read)(const Rows&),
           Done<T> done) {
    SubmitPending();  // a query sees what was written before it
    const std::uint64_t token = lane_->NextToken();
    request->c.token = token;
    request->c.caller = lane_->number();
    const molva_query& c = request->c;
    WaitingQuery query{
        std::move(request),
        [read, done = std::move(done)](const absl::Status& status, const Rows& rows) mutable {
          absl::StatusOr<T> result = status.ok() ? read(rows) : absl::StatusOr<T>(status);
          return runtime::Task([done = std::move(done), result = std::move(result)]() mutable {
            done(std::move(result));
          });
        }};
    if (lane_->Keep(token, query)) return api_.query(instance_, &c);
    lane_->Deliver(query.reply(TooMany(), Rows{nullptr, 0}), lane_);
  }

  const molva_store_api& api_;
  molva_store* const instance_;
  const std::shared_ptr<Lane> lane_;  // shared with answers under way
  Submission pending_;                // not yet submitted; null: nothing
};

}  // namespace

StorePlugin::StorePlugin(const Library& library, Options options)
    : api_(library.store_api()),
      options_(options),
      host_(fmt::format("store {}", library.name())),
      client_{sizeof(molva_store_client), 0, this, &StorePlugin::OnWritten, &StorePlugin::OnFound} {
}

absl::StatusOr<std::unique_ptr<StorePlugin>> StorePlugin::Open(const Library& library,
                                                               const std::string& config,
                                                               Options options) {
  std::unique_ptr<StorePlugin> plugin(new StorePlugin(library, options));
  sdk::Collector why;
  molva_store* instance = nullptr;
  const molva_code code = plugin->api_.open(plugin->host_.table(), &plugin->client_,
                                            sdk::Text(config), why.sink(), &instance);
  if (code != MOLVA_OK) {
    return StatusOf(code, fmt::format("{}: {}", plugin->host_.plugin_name(), why.First()));
  }
  if (instance == nullptr) {
    return absl::InternalError(
        fmt::format("{}: opened, but gave no instance", plugin->host_.plugin_name()));
  }
  plugin->instance_ = instance;
  return plugin;
}

StorePlugin::~StorePlugin() {
  if (instance_ != nullptr) api_.close(instance_);
}

std::unique_ptr<store::Store> StorePlugin::ForShard(runtime::Shard& shard) {
  const runtime::MutexLock lock(mutex_);
  lanes_.push_back(std::make_shared<Lane>(shard, static_cast<std::uint32_t>(lanes_.size()),
                                          options_.max_waiting));
  return std::make_unique<LaneStore>(api_, instance_, lanes_.back());
}

std::shared_ptr<Lane> StorePlugin::LaneOf(std::uint64_t token) {
  const runtime::MutexLock lock(mutex_);
  const std::uint64_t number = Lane::NumberOf(token);
  return number < lanes_.size() ? lanes_[number] : nullptr;
}

// One post per shard, however many of its batches were committed together.
void StorePlugin::OnWritten(void* context, const molva_result* results, std::size_t count) {
  struct Answer {
    store::Written done;
    absl::Status status;
  };
  StorePlugin& self = *static_cast<StorePlugin*>(context);
  absl::flat_hash_map<std::shared_ptr<Lane>, std::vector<Answer>> answers;
  for (std::size_t i = 0; i < count; ++i) {
    const molva_result& result = *MOLVA_AT(molva_result, results, i);
    const std::shared_ptr<Lane> lane = self.LaneOf(result.token);
    absl::Status status = StatusOf(result.code, sdk::View(result.why));
    std::optional<WaitingWrite> write =
        lane == nullptr ? std::nullopt : lane->TakeWrite(result.token);
    if (!write.has_value()) {
      base::LogError(
          "a store answered a batch that does not wait",
          {{"plugin", self.host_.plugin_name()}, {"token", fmt::to_string(result.token)}});
      continue;
    }
    answers[lane].push_back({std::move(write->done), std::move(status)});
  }
  for (auto& [lane, of_lane] : answers) {
    lane->Deliver(
        [posted = std::move(of_lane)]() mutable {
          for (Answer& answer : posted) answer.done(std::move(answer.status));
        },
        lane);
  }
}

void StorePlugin::OnFound(void* context, const molva_result* result, const molva_row* rows,
                          std::size_t count) {
  StorePlugin& self = *static_cast<StorePlugin*>(context);
  const std::shared_ptr<Lane> lane = self.LaneOf(result->token);
  std::optional<WaitingQuery> query =
      lane == nullptr ? std::nullopt : lane->TakeQuery(result->token);
  if (!query.has_value()) {
    base::LogError(
        "a store answered a query that does not wait",
        {{"plugin", self.host_.plugin_name()}, {"token", fmt::to_string(result->token)}});
    return;
  }
  const absl::Status status = StatusOf(result->code, sdk::View(result->why));
  lane->Deliver(query->reply(status, Rows{rows, count}), lane);
}

}  // namespace molva::plugin
