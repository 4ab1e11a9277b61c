#include "sql_common/intake.h"

namespace molva::sql_common {

void Intake::Submit(const molva_batch* batches, std::size_t count) {
  const std::size_t added = queue_.AddBatches(batches, count);
  if (added == count) return;  // the array may be gone already
  std::vector<molva_result> refused;
  for (std::size_t i = added; i < count; ++i) {
    refused.push_back({sizeof(molva_result), MOLVA_UNAVAILABLE,
                       MOLVA_AT(molva_batch, batches, i)->token,
                       sdk::Text("too many batches wait")});
  }
  client_.written(client_.context, refused.data(), refused.size());
}

void Intake::Query(const molva_query& query) {
  if (queue_.AddQuery(&query)) return;
  RowSet none;
  AnswerQuery(query, {MOLVA_UNAVAILABLE, "too many queries wait"}, none);
}

void Intake::TellBatches(const std::vector<const molva_batch*>& group,
                         const std::vector<Outcome>& outcomes) {
  std::vector<molva_result> results(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) {
    results[i] = {sizeof(molva_result), outcomes[i].code, group[i]->token,
                  sdk::Text(outcomes[i].why)};
  }
  client_.written(client_.context, results.data(), results.size());
}

void Intake::AnswerQuery(const molva_query& query, const Outcome& outcome, RowSet& rows) {
  const molva_result result = {sizeof(molva_result), outcome.code, query.token,
                               sdk::Text(outcome.why)};
  if (outcome.ok()) {
    client_.found(client_.context, &result, rows.rows().data(), rows.rows().size());
  } else {
    client_.found(client_.context, &result, nullptr, 0);
  }
}

void Intake::ServeQueries(Reader& reader) {
  while (const molva_query* query = queue_.TakeQuery()) {
    RowSet rows;
    AnswerQuery(*query, reader.Answer(*query, rows), rows);
  }
}

}  // namespace molva::sql_common
