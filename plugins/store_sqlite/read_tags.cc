// The query by tags.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "applier.h"
#include "columns.h"
#include "reader.h"
#include "tag_list.h"

namespace molva::store_sqlite {
namespace {

// Alias tags are unique, so that a hit on one is nearly certainly meant.
constexpr int kAliasWeight = 20;
// A tag that everybody has finds nobody in particular: only so many of its owners are considered.
constexpr int kMaxOwnersOfTag = 10000;

using Tags = std::set<std::string_view>;

bool HasAny(const Tags& tags, const molva_texts& wanted) {
  for (std::size_t i = 0; i < wanted.count; ++i) {
    if (tags.contains(sdk::View(wanted.items[i]))) return true;
  }
  return false;
}

Tags NamedTags(const molva_query& query) {
  Tags named;
  for (std::size_t i = 0; i < query.required_count; ++i) {
    for (std::size_t j = 0; j < query.required[i].count; ++j) {
      named.insert(sdk::View(query.required[i].items[j]));
    }
  }
  for (std::size_t j = 0; j < query.optional.count; ++j) {
    named.insert(sdk::View(query.optional.items[j]));
  }
  return named;
}

}  // namespace

// A user or topic that has some of the tags.
struct Reader::Candidate {
  int kind;
  std::int64_t subject;
  Tags tags;
  int rank = 0;
  std::int64_t subscriber_count = 0;
  bool is_live = false;
};

Outcome Reader::GatherCandidates(const molva_query& query, std::vector<Candidate>* candidates) {
  std::map<std::pair<int, std::int64_t>, Tags> owners;
  for (const std::string_view tag : NamedTags(query)) {
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT kind, subject FROM tag WHERE tag = ? LIMIT ?",
        [&owners, tag](const Row& row) {
          owners[{row.Int32(0), row.Int64(1)}].insert(tag);
          return Next::kContinue;
        },
        tag, kMaxOwnersOfTag));
  }
  for (auto& [owner, tags] : owners) {
    const bool meets = std::all_of(query.required, query.required + query.required_count,
                                   [&tags](const molva_texts& any) { return HasAny(tags, any); });
    if (!meets) continue;
    if (owner.first == kUserTag && static_cast<std::uint64_t>(owner.second) == query.user) continue;
    Candidate candidate{owner.first, owner.second, std::move(tags)};
    for (const std::string_view tag : candidate.tags) {
      candidate.rank += tag.starts_with("alias:") ? kAliasWeight : 1;
    }
    candidates->push_back(std::move(candidate));
  }
  return Done();
}

Outcome Reader::CheckState(Candidate& candidate) {
  const char* sql = candidate.kind == kUserTag
                        ? "SELECT state, 0 FROM user WHERE id = ?"
                        : "SELECT t.state, k.live FROM topic t JOIN topic_key k ON k.id = t.id"
                          " WHERE t.id = ?";
  return connection_.ForEach(
      sql,
      [&candidate](const Row& row) {
        candidate.is_live = row.Int64(0) == MOLVA_STATE_OK;
        candidate.subscriber_count = row.Int64(1);
        return Next::kStop;
      },
      candidate.subject);
}

Outcome Reader::AddCandidate(const Candidate& candidate, RowSet& rows) {
  std::vector<molva_text> texts;
  for (const std::string_view tag : candidate.tags) texts.push_back(rows.Copy(tag));
  if (candidate.kind == kUserTag) {
    return connection_.ForEach(
        "SELECT " MOLVA_USER_COLUMNS " FROM user u WHERE u.id = ?",
        [&rows, &texts](const Row& row) {
          const molva_user* user = ReadUser(row, 0, rows);
          molva_row& out = rows.AddRow();
          out.user = user;
          out.texts = rows.CopyList(texts);
          return Next::kContinue;
        },
        candidate.subject);
  }
  return connection_.ForEach(
      "SELECT " MOLVA_TOPIC_COLUMNS " FROM topic t JOIN topic_key k ON k.id = t.id WHERE t.id = ?",
      [&rows, &texts](const Row& row) {
        const molva_topic* topic = ReadTopic(row, 0, rows);
        molva_row& out = rows.AddRow();
        out.topic = topic;
        out.texts = rows.CopyList(texts);
        return Next::kContinue;
      },
      candidate.subject);
}

Outcome Reader::FindByTags(const molva_query& query, RowSet& rows) {
  std::vector<Candidate> candidates;
  MOLVA_RETURN_UNLESS_OK(GatherCandidates(query, &candidates));
  for (Candidate& candidate : candidates) MOLVA_RETURN_UNLESS_OK(CheckState(candidate));
  std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.is_live; });
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.subscriber_count > b.subscriber_count;
  });
  for (const Candidate& candidate : candidates) {
    if (static_cast<std::int64_t>(rows.rows().size()) >= query.limit) break;
    MOLVA_RETURN_UNLESS_OK(AddCandidate(candidate, rows));
  }
  return Done();
}

}  // namespace molva::store_sqlite
