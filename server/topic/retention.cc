#include "topic/retention.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "topic/own_heads.h"

namespace molva::topic {
namespace {

constexpr char kPrefix[] = "keep/";
constexpr std::int32_t kRetentionPage = 1024;
constexpr std::int32_t kMostRules = 65536;
constexpr absl::Duration kRetentionPeriod = absl::Minutes(1);
constexpr absl::Duration kAfterFullRetentionPage = absl::Seconds(1);

void LogFailure(const absl::Status& status) {
  base::LogWarning("cannot ask what is old", {{"error", std::string(status.message())}});
}

}  // namespace

std::string RetentionKey(model::TopicName topic) { return kPrefix + topic.ToString(); }

void RetentionSweeper::Start() {
  env_.shard.StartTimer(kAfterFullRetentionPage, [this] { Sweep(); });
}

void RetentionSweeper::Sweep() {
  has_more_ = false;
  if (env_.limits.keep_messages == absl::InfiniteDuration()) return SweepTopics();
  DeleteOld(std::nullopt, env_.limits.keep_messages, [this] { SweepTopics(); });
}

void RetentionSweeper::SweepTopics() {
  env_.store.ListValues(kPrefix, kMostRules,
                        [this](const absl::StatusOr<std::vector<Rule>>& rules) {
                          // A store of an older contract knows no such rules, and never will.
                          if (absl::IsUnimplemented(rules.status())) return;
                          if (!rules.ok()) {
                            LogFailure(rules.status());
                            return WaitForNext();
                          }
                          rules_ = *rules;
                          SweepNext();
                        });
}

void RetentionSweeper::SweepNext() {
  if (rules_.empty()) return WaitForNext();
  const auto [key, seconds] = std::move(rules_.back());
  rules_.pop_back();
  const auto topic = model::TopicName::Parse(std::string_view(key).substr(sizeof(kPrefix) - 1));
  const std::optional<absl::Duration> age = ParseKeep({seconds});
  if (!topic.ok() || !age.has_value()) {
    base::LogWarning("a rule of retention makes no sense", {{"key", key}});
    return SweepNext();
  }
  DeleteOld(*topic, *age, [this] { SweepNext(); });
}

void RetentionSweeper::DeleteOld(std::optional<model::TopicName> topic, absl::Duration age,
                                 absl::AnyInvocable<void()> next) {
  env_.store.ListOld(
      topic, env_.shard.Now() - age, kRetentionPage,
      [this,
       next = std::move(next)](const absl::StatusOr<std::vector<store::DueRecord>>& old) mutable {
        if (absl::IsUnimplemented(old.status())) return;
        if (!old.ok()) {
          LogFailure(old.status());
          return WaitForNext();
        }
        std::map<model::TopicName, std::vector<model::SeqRange>> by_topic;
        for (const store::DueRecord& one : *old) {
          by_topic[one.topic].push_back({one.seq, one.seq + 1});
        }
        for (auto& [name, ranges] : by_topic) {
          env_.outbound.Send(name, Expire{model::NormaliseRanges(std::move(ranges))});
        }
        has_more_ = has_more_ || old->size() == kRetentionPage;
        next();
      });
}

void RetentionSweeper::WaitForNext() {
  env_.shard.StartTimer(has_more_ ? kAfterFullRetentionPage : kRetentionPeriod,
                        [this] { Sweep(); });
}

}  // namespace molva::topic
