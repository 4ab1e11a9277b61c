// What the node tells the service manager that started it (systemd, Type=notify-reload).
#pragma once

#include <string_view>

namespace molva::app {

// Each sends one datagram to the socket that $NOTIFY_SOCKET names, and does nothing without one. A
// manager that does not listen is logged, not an error.
void TellReady();
void TellReloading();
void TellStopping();
// A line for `systemctl status`.
void TellStatus(std::string_view line);

}  // namespace molva::app
