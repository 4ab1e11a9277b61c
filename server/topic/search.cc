#include "topic/search.h"

#include <memory>

#include "search/query.h"
#include "topic/history.h"
#include "topic/search_hit.h"
#include "topic/word_indexer.h"

namespace molva::topic {
namespace {

using model::Fault;

// One search under way.
struct Search {
  CorePtr core;
  Requester from;
  store::WordQuery query;
  Sequence::Next next;
};
using SearchPtr = std::shared_ptr<Search>;

absl::StatusOr<store::WordQuery> ReadQuery(const ChatCore& core, const Requester& from,
                                           const model::SearchOptions& options) {
  if (core.env.limits.search == Limits::Search::kOff) {
    return model::Fail(Fault::kNotImplemented, "there is no search");
  }
  if (!options.page.empty()) return model::Fail(Fault::kMalformed, "pages are of all topics");
  model::GetOptions bounds;
  bounds.since = options.since;
  bounds.before = options.before;
  bounds.limit = options.limit > 0 ? options.limit : kUsualHits;
  absl::StatusOr<std::vector<model::SeqRange>> ranges = RangesToRead(core, from, bounds);
  if (!ranges.ok()) return ranges.status();
  absl::StatusOr<std::vector<store::Phrase>> phrases = search::ParseQuery(options.query);
  if (!phrases.ok()) return phrases.status();
  return store::WordQuery{core.name, from.user, *std::move(ranges), *std::move(phrases),
                          MessagesPerPage(core, bounds)};
}

void Answer(const Search& search, const std::vector<store::MessageRecord>& messages, Index index) {
  const Signature signature = search.from.as_reader ? Signature::kNone : Signature::kOfAuthor;
  for (const store::MessageRecord& message : messages) {
    model::Info hit = HitOf(message, search.query.phrases, search.core->env.names, signature);
    hit.topic = search.from.topic_text;
    search.core->Send(search.from, std::move(hit));
  }
  search.core->Reply(search.from, messages.empty() ? Fault::kNoContent : Fault::kDelivered,
                     SummaryOf(messages.size(), index));
}

void Fail(const Search& search, const absl::Status& status) {
  if (absl::IsUnimplemented(status)) {
    search.core->Reply(search.from, Fault::kNotImplemented);
  } else {
    search.core->Refuse(search.from, status);
  }
}

void Find(const SearchPtr& search, Index index) {
  if (search->query.ranges.empty()) {
    Answer(*search, {}, index);
    return search->next();
  }
  search->core->env.store.FindWords(
      search->query,
      [search, index](const absl::StatusOr<std::vector<store::MessageRecord>>& messages) {
        if (messages.ok()) {
          Answer(*search, *messages, index);
        } else {
          Fail(*search, messages.status());
        }
        search->next();
      });
}

}  // namespace

void GetSearch(const CorePtr& core, const Requester& from, const model::SearchOptions& options,
               Sequence::Next next) {
  absl::StatusOr<store::WordQuery> query = ReadQuery(*core, from, options);
  if (!query.ok()) {
    core->Refuse(from, query.status());
    return next();
  }
  auto search = std::make_shared<Search>(Search{core, from, *std::move(query), std::move(next)});
  IndexBefore(core->env, core->name, [search](const absl::StatusOr<Index>& index) {
    if (index.ok()) return Find(search, *index);
    Fail(*search, index.status());
    search->next();
  });
}

}  // namespace molva::topic
