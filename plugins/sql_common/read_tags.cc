// The query by tags.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "sql_common/applier.h"
#include "sql_common/columns.h"
#include "sql_common/reader.h"
#include "sql_common/tag_list.h"

namespace molva::sql_common {
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

// A user or topic in state OK that has some of the tags.
struct Reader::Candidate {
  int kind = kUserTag;
  std::int64_t subject = 0;
  Tags tags;
  int rank = 0;
  std::int64_t subscriber_count = 0;
};

Outcome Reader::GatherCandidates(const molva_query& query, std::vector<Candidate>* candidates) {
  std::map<std::pair<int, std::int64_t>, Candidate> owners;
  for (const std::string_view tag : NamedTags(query)) {
    MOLVA_RETURN_UNLESS_OK(connection_.ForEach(
        "SELECT g.kind, g.subject, CASE g.kind WHEN 0 THEN u.state ELSE t.state END,"
        " coalesce(k.live, 0) FROM (SELECT kind, subject FROM tag WHERE tag = ? LIMIT ?) g"
        " LEFT JOIN user u ON g.kind = 0 AND u.id = g.subject"
        " LEFT JOIN topic t ON g.kind = 1 AND t.id = g.subject"
        " LEFT JOIN topic_key k ON k.id = t.id",
        [&owners, tag](const Row& row) {
          if (row.IsNull(2) || row.Int64(2) != MOLVA_STATE_OK) return Next::kContinue;
          Candidate& owner = owners[{row.Int32(0), row.Int64(1)}];
          owner.kind = row.Int32(0);
          owner.subject = row.Int64(1);
          owner.subscriber_count = row.Int64(3);
          owner.tags.insert(tag);
          return Next::kContinue;
        },
        tag, kMaxOwnersOfTag));
  }
  for (auto& [key, candidate] : owners) {
    const Tags& tags = candidate.tags;
    const bool meets = std::all_of(query.required, query.required + query.required_count,
                                   [&tags](const molva_texts& any) { return HasAny(tags, any); });
    if (!meets) continue;
    if (key.first == kUserTag && static_cast<std::uint64_t>(key.second) == query.user) continue;
    for (const std::string_view tag : tags) {
      candidate.rank += tag.starts_with("alias:") ? kAliasWeight : 1;
    }
    candidates->push_back(std::move(candidate));
  }
  return Done();
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
  std::stable_sort(candidates.begin(), candidates.end(), [](const auto& a, const auto& b) {
    return a.rank != b.rank ? a.rank > b.rank : a.subscriber_count > b.subscriber_count;
  });
  for (const Candidate& candidate : candidates) {
    if (static_cast<std::int64_t>(rows.rows().size()) >= query.limit) break;
    MOLVA_RETURN_UNLESS_OK(AddCandidate(candidate, rows));
  }
  return Done();
}

}  // namespace molva::sql_common
