// Batches and queries of the core in the shape that storage plugins take.
#pragma once

#include <absl/time/time.h>

#include <cstdint>

#include "molva/store_plugin.h"
#include "plugin/arena.h"
#include "store/store.h"

namespace molva::plugin {

inline std::int64_t ToMillis(absl::Time time) { return absl::ToUnixMillis(time); }
std::int64_t ToMillis(const std::optional<absl::Time>& time);
// `auth` as the C struct; borrows its texts.
molva_auth_record* ToC(const store::AuthRecord& auth, Arena& arena);

// A batch with its C form, which borrows from it: keep the object until the plugin has answered.
class BatchRequest {
 public:
  // `now` stamps soft erasures.
  BatchRequest(store::Batch batch, absl::Time now, std::uint32_t caller, std::uint64_t token);
  BatchRequest(const BatchRequest&) = delete;
  BatchRequest& operator=(const BatchRequest&) = delete;

  const molva_batch& c() const { return c_; }
  // Minor version of the contract that a plugin must know to take the batch whole: an older one
  // would skip members that were appended since.
  std::uint32_t needed_minor() const { return needed_minor_; }

 private:
  const store::Batch batch_;
  Arena arena_;
  molva_batch c_;
  std::uint32_t needed_minor_ = 0;
};

// Minor version of the contract that has `kind`.
std::uint32_t NeededMinor(molva_query_kind kind);

// A query in C form with the texts it borrows; `text` and the rest are set before c() is used.
struct QueryRequest {
  Arena arena;
  molva_query c = sdk::Sized<molva_query>();

  explicit QueryRequest(molva_query_kind kind) { c.kind = kind; }
  void SetTopic(model::TopicName topic) { c.topic = arena.Keep(topic.ToString()); }
  void SetUser(model::UserId user) { c.user = user.bits(); }
  void SetScheme(std::string scheme) { c.scheme = arena.Keep(std::move(scheme)); }
  void SetKey(std::string key) { c.key = arena.Keep(std::move(key)); }
  void SetRanges(const std::vector<model::SeqRange>& ranges);
  // Borrows nothing: keeps copies.
  void SetTags(const store::TagQuery& query);
  void SetPhrases(const std::vector<store::Phrase>& phrases);

 private:
  molva_texts KeepList(const std::vector<std::string>& texts);
};

}  // namespace molva::plugin
