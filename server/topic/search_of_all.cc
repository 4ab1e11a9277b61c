// get search on `me`.
#include <absl/strings/numbers.h>
#include <fmt/format.h>

#include <memory>

#include "base/status_macros.h"
#include "base/strings.h"
#include "search/query.h"
#include "topic/search.h"
#include "topic/search_hit.h"
#include "topic/word_indexer.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;
using MeStatePtr = std::shared_ptr<MeState>;

// One search under way.
struct SearchOfAll {
  MeStatePtr me;
  Requester from;
  store::UserWordQuery query;
  Sequence::Next next;
};
using SearchOfAllPtr = std::shared_ptr<SearchOfAll>;

// Where a page ended, as clients hand it back: milliseconds, number and topic of its last hit. It
// gives no rights: only where to go on.
std::string PageText(const store::MessageRecord& last) {
  return fmt::format("{}.{}.{}", absl::ToUnixMillis(last.created), last.seq, last.topic.ToString());
}

absl::StatusOr<store::MessagePlace> ParsePage(const std::string& page) {
  constexpr std::size_t kMostBytes = 64;
  const std::vector<std::string_view> parts = base::SplitWords(page, '.');
  std::int64_t millis = 0;
  store::MessagePlace place;
  if (page.size() > kMostBytes || parts.size() != 3 ||
      !absl::SimpleAtoi(base::ToAbsl(parts[0]), &millis) || millis < 0 ||
      !absl::SimpleAtoi(base::ToAbsl(parts[1]), &place.seq) || place.seq < 1) {
    return Fail(Fault::kMalformed, "no page of a search");
  }
  const absl::StatusOr<model::TopicName> topic = model::TopicName::Parse(parts[2]);
  if (!topic.ok()) return Fail(Fault::kMalformed, "no page of a search");
  place.created = absl::FromUnixMillis(millis);
  place.topic = *topic;
  return place;
}

absl::StatusOr<store::UserWordQuery> ReadQuery(const MeState& me,
                                               const model::SearchOptions& options) {
  if (me.env.limits.search == Limits::Search::kOff) {
    return Fail(Fault::kNotImplemented, "there is no search");
  }
  if (options.since > 0 || options.before > 0) {
    return Fail(Fault::kMalformed, "numbers are of one topic");
  }
  store::UserWordQuery query;
  query.reader = me.user_id();
  MOLVA_ASSIGN_OR_RETURN(query.phrases, search::ParseQuery(options.query));
  if (!options.page.empty()) {
    MOLVA_ASSIGN_OR_RETURN(query.behind, ParsePage(options.page));
  }
  query.limit =
      std::min(options.limit > 0 ? options.limit : kUsualHits, me.env.limits.max_messages_per_page);
  return query;
}

void SendHit(const SearchOfAll& search, const store::WordHit& hit) {
  const names::NameBook& names = search.me->env.names;
  const store::SubscriptionRecord& own = hit.subscription;
  model::Info info = HitOf(hit.message, search.query.phrases, names,
                           own.is_reader ? Signature::kNone : Signature::kOfAuthor);
  info.topic = search.from.topic_text;
  info.src = own.is_reader ? names.TextOfChannel(own.topic)
                           : names.ClientName(own.topic, search.query.reader);
  search.me->Send(search.from, std::move(info));
}

void Answer(const SearchOfAll& search, const std::vector<store::WordHit>& hits, Index index) {
  for (const store::WordHit& hit : hits) SendHit(search, hit);
  model::JsonFields params = SummaryOf(hits.size(), index);
  if (static_cast<std::int64_t>(hits.size()) >= search.query.limit) {
    params.emplace_back("page", model::JsonText(PageText(hits.back().message)));
  }
  search.me->Reply(search.from, hits.empty() ? Fault::kNoContent : Fault::kDelivered,
                   std::move(params));
}

void Refuse(const SearchOfAll& search, const absl::Status& status) {
  if (absl::IsUnimplemented(status)) {
    search.me->Reply(search.from, Fault::kNotImplemented);
  } else {
    search.me->Refuse(search.from, status);
  }
}

void Find(const SearchOfAllPtr& search, Index index) {
  search->me->env.store.FindWordsOfUser(
      search->query, [search, index](const absl::StatusOr<std::vector<store::WordHit>>& hits) {
        if (hits.ok()) {
          Answer(*search, *hits, index);
        } else {
          Refuse(*search, hits.status());
        }
        search->next();
      });
}

}  // namespace

void GetSearchOfAll(const MeStatePtr& me, const Requester& from,
                    const model::SearchOptions& options, Sequence::Next next) {
  absl::StatusOr<store::UserWordQuery> query = ReadQuery(*me, options);
  if (!query.ok()) {
    me->Refuse(from, query.status());
    return next();
  }
  auto search =
      std::make_shared<SearchOfAll>(SearchOfAll{me, from, *std::move(query), std::move(next)});
  IndexBefore(me->env, me->user_id(), [search](const absl::StatusOr<Index>& index) {
    if (index.ok()) return Find(search, *index);
    Refuse(*search, index.status());
    search->next();
  });
}

}  // namespace molva::topic
