// The queries about files.
#include <algorithm>

#include "sql_common/reader.h"

namespace molva::sql_common {
namespace {

const molva_file* ReadFile(const Row& row, RowSet& rows) {
  auto* file = rows.Make<molva_file>();
  file->id = row.Id(0);
  file->status = row.Bits(1);
  file->user = row.Id(2);
  file->mime = rows.Copy(row.Text(3));
  file->location = rows.Copy(row.Text(4));
  file->etag = rows.Copy(row.Text(5));
  file->size = row.Int64(6);
  file->created = row.Int64(7);
  return file;
}

// Adds each row of a statement to `rows`.
auto IntoFiles(RowSet& rows) {
  return [&rows](const Row& row) {
    rows.AddRow().file = ReadFile(row, rows);
    return Next::kContinue;
  };
}

#define MOLVA_SELECT_FILES "SELECT id, status, user, mime, location, etag, size, created FROM file"

}  // namespace

Outcome Reader::FindFile(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(MOLVA_SELECT_FILES " WHERE id = ?", IntoFiles(rows), query.file);
}

Outcome Reader::ListUnusedFiles(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(MOLVA_SELECT_FILES
                             " WHERE links = 0 AND created < ? ORDER BY created, id LIMIT ?",
                             IntoFiles(rows), query.before_time, std::max(query.limit, 0));
}

#undef MOLVA_SELECT_FILES

}  // namespace molva::sql_common
