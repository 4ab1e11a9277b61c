#include "topic/alias.h"

#include <algorithm>

#include "model/fault.h"
#include "topic/tags.h"

namespace molva::topic {

using model::Fail;
using model::Fault;

void CheckAlias(store::Store& store, const std::vector<std::string>& tags,
                const std::vector<std::string>& former,
                absl::AnyInvocable<void(absl::Status)> done) {
  const std::vector<std::string> aliases = ReservedTags(tags, {kAliasNamespace});
  if (aliases.size() > 1) return done(Fail(Fault::kMalformed, "more than one alias"));
  const bool is_new =
      !aliases.empty() && std::find(former.begin(), former.end(), aliases.front()) == former.end();
  if (!is_new) return done(absl::OkStatus());
  store::TagQuery query;
  query.required = {aliases};
  query.limit = 1;
  store.FindByTags(std::move(query), [done = std::move(done)](
                                         absl::StatusOr<std::vector<store::TagHit>> hits) mutable {
    if (!hits.ok()) return done(hits.status());
    done(hits->empty() ? absl::OkStatus() : Fail(Fault::kMalformed, "the alias is taken"));
  });
}

}  // namespace molva::topic
