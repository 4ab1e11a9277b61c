// The query about devices.
#include "sql_common/reader.h"

namespace molva::sql_common {

Outcome Reader::ListDevices(const molva_query& query, RowSet& rows) {
  return connection_.ForEach(
      "SELECT user, id, platform, language, last_seen FROM device WHERE user = ? ORDER BY id",
      [&rows](const Row& row) {
        auto* device = rows.Make<molva_device_record>();
        device->user = row.Id(0);
        device->id = rows.Copy(row.Text(1));
        device->platform = rows.Copy(row.Text(2));
        device->language = rows.Copy(row.Text(3));
        device->last_seen = row.Int64(4);
        rows.AddRow().device = device;
        return Next::kContinue;
      },
      query.user);
}

}  // namespace molva::sql_common
