// The device of a session: where its user gets pushes.
#pragma once

#include <string>
#include <vector>

#include "model/request.h"
#include "session/session_env.h"

namespace molva::session {

class Session;

// A longer id or platform is no device's.
inline constexpr std::size_t kMaxDeviceBytes = 4096;
inline constexpr std::size_t kMaxPlatformBytes = 32;
inline constexpr std::size_t kMaxLanguageBytes = 64;
// Of one user; the one seen least lately makes room.
inline constexpr std::size_t kMaxDevices = 16;

// Whether what `hi` says of the device is within the bounds.
bool DeviceFits(const model::Hi& hi);
// The platform that a client has, as far as its user agent tells. Source: docs/protocol messages
// §3.1.
std::string GuessPlatform(std::string_view user_agent);

// The session has just logged in with the device that it has named before. Nobody is answered.
void RememberDevice(Session& session);
// `hi` names another device, or takes the present one back. Answers when the store has, and holds
// back later requests until then. Source: docs/protocol behaviour §5.1.
void ReplaceDevice(Session& session, const std::string& id, const std::string& device);
void ClearDevice(Session& session, const std::string& id);
// The devices of ended logins get no more pushes; `lines` are their ids as store::LoginLine makes
// them. A device that could not be forgotten is logged.
void ForgetDevices(const SessionEnv& env, model::UserId user, std::vector<std::string> lines);

}  // namespace molva::session
