#include "transport/traffic.h"

namespace molva::transport {

void LoopCounters::AddTo(Traffic& total) const {
  total.connections_accepted += connections_accepted.value();
  total.connections_live += connections_live.value();
  total.sessions_opened += sessions_opened.value();
  total.sessions_live += sessions_live.value();
  total.polling_sessions_live += polling_sessions_live.value();
  total.messages_in += messages_in.value();
  total.frames_out += frames_out.value();
  total.bytes_in += bytes_in.value();
  total.bytes_out += bytes_out.value();
  total.frames_dropped += frames_dropped.value();
  total.overflows += overflows.value();
  total.accept_errors += accept_errors.value();
  total.queued_bytes += queued_bytes.value();
}

}  // namespace molva::transport
