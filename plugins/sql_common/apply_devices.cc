// The changes to devices.
#include "sql_common/applier.h"

namespace molva::sql_common {

Outcome Applier::PutDevice(const molva_device_record& device) {
  return connection_.Run(
      "INSERT INTO device (id, user, platform, language, last_seen) VALUES (?, ?, ?, ?, ?)"
      " ON CONFLICT (id) DO UPDATE SET user = excluded.user, platform = excluded.platform,"
      " language = excluded.language, last_seen = excluded.last_seen",
      device.id, device.user, device.platform, device.language, device.last_seen);
}

Outcome Applier::EraseDevice(const molva_device_record& device, molva_expect expect) {
  MOLVA_RETURN_UNLESS_OK(CheckExpectRow(
      expect, "device", "SELECT 1 FROM device WHERE id = ? AND user = ?", device.id, device.user));
  return connection_.Run("DELETE FROM device WHERE id = ? AND user = ?", device.id, device.user);
}

}  // namespace molva::sql_common
