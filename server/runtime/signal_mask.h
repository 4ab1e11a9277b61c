// Keeps signals away from the threads that must not be interrupted by them.
#pragma once

#include <pthread.h>
#include <signal.h>

namespace molva::runtime {

// Blocks every signal for the calling thread, SIGPIPE of a closed socket among them; those that
// ask the process to stop or to reload then reach the main thread.
inline void BlockAllSignals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace molva::runtime
