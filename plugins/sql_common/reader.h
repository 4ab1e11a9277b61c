// Answers queries on one connection.
#pragma once

#include <vector>

#include "molva/store_plugin.h"
#include "sql_common/connection.h"
#include "sql_common/row_set.h"
#include "sql_common/word_index.h"

namespace molva::sql_common {

// Thread:  one at a time.
// Borrows: `connection` and `words`.
class Reader {
 public:
  Reader(Connection& connection, WordIndex& words) : connection_(connection), words_(words) {}

  // Fills `rows`. All statements of one query see the same state of the database.
  Outcome Answer(const molva_query& query, RowSet& rows);

 private:
  struct Candidate;
  struct Readable;

  Outcome Dispatch(const molva_query& query, RowSet& rows);
  // The kinds since version 1.3 of the contract.
  Outcome DispatchLater(const molva_query& query, RowSet& rows);
  Outcome FindUser(const molva_query& query, RowSet& rows);
  Outcome FindTopic(const molva_query& query, RowSet& rows);
  Outcome ListSubscriptions(const molva_query& query, RowSet& rows);
  Outcome FindSubscription(const molva_query& query, RowSet& rows);
  Outcome ListMembers(const molva_query& query, RowSet& rows);
  Outcome ListContacts(const molva_query& query, RowSet& rows);
  Outcome FindAuth(const molva_query& query, RowSet& rows);
  Outcome FindAuthOfUser(const molva_query& query, RowSet& rows);
  Outcome ListCredentials(const molva_query& query, RowSet& rows);
  Outcome FindCredential(const molva_query& query, RowSet& rows);
  Outcome ListDevices(const molva_query& query, RowSet& rows);
  Outcome FindFile(const molva_query& query, RowSet& rows);
  Outcome ListUnusedFiles(const molva_query& query, RowSet& rows);
  Outcome FindValue(const molva_query& query, RowSet& rows);
  Outcome ListValues(const molva_query& query, RowSet& rows);

  Outcome ListMessages(const molva_query& query, RowSet& rows);
  Outcome ListDeletions(const molva_query& query, RowSet& rows);
  // What `query` may show of the topic: its ranges without what its user hid.
  Outcome LoadShown(const molva_query& query, std::int64_t topic, std::vector<molva_range>* shown);
  Outcome FindTopicId(molva_text name, std::int64_t* id);
  Outcome LoadHidden(std::int64_t topic, std::uint64_t user, std::vector<molva_range>* hidden);

  Outcome ListUids(const molva_query& query, RowSet& rows);
  Outcome ListDue(const molva_query& query, RowSet& rows);
  Outcome ListReactions(const molva_query& query, RowSet& rows);

  Outcome FindWords(const molva_query& query, RowSet& rows);
  Outcome FindWordsOfUser(const molva_query& query, RowSet& rows);
  // The topics that the user may read, those with the youngest messages first.
  Outcome ListReadable(const molva_query& query, RowSet& rows, std::vector<Readable>* topics);
  // The lowest seq in `topic` of what is not behind the place that `query` names.
  Outcome FindPlace(const molva_query& query, const Readable& topic, std::int32_t* seq);
  Outcome AddFound(const Readable& topic, std::int32_t seq, RowSet& rows);
  Outcome ListUnindexed(const molva_query& query, RowSet& rows);
  Outcome ListOld(const molva_query& query, RowSet& rows);

  Outcome ListLanes(const molva_query& query, RowSet& rows);
  Outcome ListEntries(const molva_query& query, RowSet& rows);
  Outcome ListDeliveries(const molva_query& query, RowSet& rows);
  Outcome ListForeignNames(const molva_query& query, RowSet& rows);

  Outcome FindByTags(const molva_query& query, RowSet& rows);
  Outcome GatherCandidates(const molva_query& query, std::vector<Candidate>* candidates);
  Outcome AddCandidate(const Candidate& candidate, RowSet& rows);

  Connection& connection_;
  WordIndex& words_;
};

}  // namespace molva::sql_common
