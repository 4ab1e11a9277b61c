#include "wire/quiet_protobuf.h"

#include <google/protobuf/stubs/logging.h>

#include <mutex>

namespace molva::wire {

void QuietProtobuf() {
  static std::once_flag once;
  std::call_once(once, [] { google::protobuf::SetLogHandler(nullptr); });
}

}  // namespace molva::wire
