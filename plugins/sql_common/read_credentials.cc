// The queries about credentials.
#include "sql_common/reader.h"

namespace molva::sql_common {
namespace {

const molva_credential* ReadCredential(const Row& row, RowSet& rows) {
  auto* credential = rows.Make<molva_credential>();
  credential->user = row.Id(0);
  credential->method = rows.Copy(row.Text(1));
  credential->value = rows.Copy(row.Text(2));
  credential->done = row.Bits(3);
  credential->response = rows.Copy(row.Text(4));
  credential->retries = static_cast<std::int32_t>(row.Int64(5));
  credential->created = row.Int64(6);
  credential->updated = row.Int64(7);
  return credential;
}

// Adds each row of a statement to `rows`.
auto IntoCredentials(RowSet& rows) {
  return [&rows](const Row& row) {
    rows.AddRow().credential = ReadCredential(row, rows);
    return Next::kContinue;
  };
}

#define MOLVA_SELECT_CREDENTIALS \
  "SELECT user, method, value, done, response, retries, created, updated FROM credential"

}  // namespace

Outcome Reader::ListCredentials(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(MOLVA_SELECT_CREDENTIALS " WHERE user = ? ORDER BY method, value",
                             IntoCredentials(rows), query.user);
}

Outcome Reader::FindCredential(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(MOLVA_SELECT_CREDENTIALS
                             " WHERE method = ? AND value = ? AND done = 1",
                             IntoCredentials(rows), query.scheme, query.key);
}

#undef MOLVA_SELECT_CREDENTIALS

}  // namespace molva::sql_common
