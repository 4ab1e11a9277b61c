#include "model/packet.h"

namespace molva::model {

Ctrl MakeCtrl(Fault fault, std::string id, std::string topic, absl::Time ts, JsonFields params) {
  const FaultRow& row = RowOf(fault);
  return Ctrl{std::move(id),         std::move(topic),  row.code,
              std::string(row.text), std::move(params), ts};
}

}  // namespace molva::model
