#include "app/signals.h"

#include <pthread.h>
#include <signal.h>

#include "base/check.h"

namespace molva::app {
namespace {

sigset_t HeldSignals() {
  sigset_t held;
  sigemptyset(&held);
  sigaddset(&held, SIGTERM);
  sigaddset(&held, SIGINT);
  sigaddset(&held, SIGHUP);
  return held;
}

}  // namespace

void HoldSignals() {
  const sigset_t held = HeldSignals();
  MOLVA_CHECK(pthread_sigmask(SIG_BLOCK, &held, nullptr) == 0, "signals cannot be blocked");
  MOLVA_CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR, "SIGPIPE cannot be ignored");
}

Signal WaitForSignal() {
  const sigset_t held = HeldSignals();
  int number = 0;
  MOLVA_CHECK(sigwait(&held, &number) == 0, "signals cannot be waited for");
  return number == SIGHUP ? Signal::kReload : Signal::kStop;
}

void LetSignalsKill() {
  const sigset_t held = HeldSignals();
  MOLVA_CHECK(pthread_sigmask(SIG_UNBLOCK, &held, nullptr) == 0, "signals cannot be unblocked");
}

}  // namespace molva::app
