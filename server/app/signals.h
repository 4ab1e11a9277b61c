// Signals as values: blocked in every thread, taken one by one by the main thread.
#pragma once

namespace molva::app {

enum class Signal { kStop, kReload };

// Blocks SIGTERM, SIGINT and SIGHUP for this thread and all that it will start, and ignores
// SIGPIPE. Call first in main.
void HoldSignals();
// Waits for the next one.
Signal WaitForSignal();
// From now on SIGTERM and SIGINT end the process at once: for the impatient, while it drains.
void LetSignalsKill();

}  // namespace molva::app
