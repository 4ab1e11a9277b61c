// Answers queries on one connection.
#pragma once

#include <vector>

#include "connection.h"
#include "molva/store_plugin.h"
#include "row_set.h"

namespace molva::store_sqlite {

// Thread: one at a time.
class Reader {
 public:
  explicit Reader(Connection& connection) : connection_(connection) {}

  // Fills `rows`. All statements of one query see the same state of the database.
  Outcome Answer(const molva_query& query, RowSet& rows);

 private:
  struct Candidate;

  Outcome Dispatch(const molva_query& query, RowSet& rows);
  Outcome FindUser(const molva_query& query, RowSet& rows);
  Outcome FindTopic(const molva_query& query, RowSet& rows);
  Outcome ListSubscriptions(const molva_query& query, RowSet& rows);
  Outcome FindSubscription(const molva_query& query, RowSet& rows);
  Outcome ListMembers(const molva_query& query, RowSet& rows);
  Outcome ListContacts(const molva_query& query, RowSet& rows);
  Outcome FindAuth(const molva_query& query, RowSet& rows);
  Outcome FindAuthOfUser(const molva_query& query, RowSet& rows);
  Outcome FindValue(const molva_query& query, RowSet& rows);
  Outcome ListValues(const molva_query& query, RowSet& rows);

  Outcome ListMessages(const molva_query& query, RowSet& rows);
  Outcome ListDeletions(const molva_query& query, RowSet& rows);
  Outcome FindTopicId(molva_text name, std::int64_t* id);
  Outcome LoadHidden(std::int64_t topic, std::uint64_t user, std::vector<molva_range>* hidden);

  Outcome ListLanes(const molva_query& query, RowSet& rows);
  Outcome ListEntries(const molva_query& query, RowSet& rows);
  Outcome ListDeliveries(const molva_query& query, RowSet& rows);
  Outcome ListForeignNames(const molva_query& query, RowSet& rows);

  Outcome FindByTags(const molva_query& query, RowSet& rows);
  Outcome GatherCandidates(const molva_query& query, std::vector<Candidate>* candidates);
  Outcome CheckState(Candidate& candidate);
  Outcome AddCandidate(const Candidate& candidate, RowSet& rows);

  Connection& connection_;
};

}  // namespace molva::store_sqlite
