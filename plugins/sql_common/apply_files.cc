// The changes to records of files, and to what uses them.
#include "sql_common/applier.h"

namespace molva::sql_common {

Outcome Applier::PutFile(const molva_file& file, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(
      CheckExpectRow(expect, "file", "SELECT 1 FROM file WHERE id = ?", file.id));
  // The count of links stays.
  return connection_.Run(
      "INSERT INTO file (id, status, user, mime, location, etag, size, created)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET status = excluded.status,"
      " user = excluded.user, mime = excluded.mime, location = excluded.location,"
      " etag = excluded.etag, size = excluded.size, created = excluded.created",
      file.id, file.status, file.user, file.mime, file.location, file.etag, file.size,
      file.created);
}

Outcome Applier::EraseFile(const molva_file& file) {
  MOLVA_RETURN_UNLESS_OK(connection_.Run("DELETE FROM file_link WHERE file = ?", file.id));
  return connection_.Run("DELETE FROM file WHERE id = ?", file.id);
}

Outcome Applier::CondemnFile(const molva_file& file) {
  return connection_.Run("UPDATE file SET status = ? WHERE id = ? AND links = 0",
                         static_cast<std::int64_t>(MOLVA_FILE_CONDEMNED), file.id);
}

Outcome Applier::LinkFiles(const molva_file_links& links) {
  std::int64_t topic = 0;
  if (links.topic.size > 0) {
    TopicState* state = nullptr;
    MOLVA_RETURN_UNLESS_OK(topics_.FindOrMake(links.topic, &state));
    topic = state->id;
  }
  const std::uint64_t user = topic == 0 ? links.user : 0;
  if (links.seq == 0) {
    MOLVA_RETURN_UNLESS_OK(connection_.Run(
        "DELETE FROM file_link WHERE topic = ? AND seq = 0 AND user = ?", topic, user));
  }
  for (std::size_t i = 0; i < links.file_count; ++i) {
    MOLVA_RETURN_UNLESS_OK(connection_.Run(
        "INSERT INTO file_link (topic, seq, user, file)"
        " SELECT ?, ?, ?, id FROM file WHERE id = ? AND status = ? ON CONFLICT DO NOTHING",
        topic, links.seq, user, links.files[i], static_cast<std::int64_t>(MOLVA_FILE_DONE)));
  }
  return Done();
}

}  // namespace molva::sql_common
