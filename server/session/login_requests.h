// What a user asks about his logins: which there are, and to end them.
#pragma once

#include "model/request.h"

namespace molva::session {

class Session;

// The word of `get` on `me`.
inline constexpr char kSessionsWord[] = "sessions";

// Takes the word out of `what`, and says whether it was there.
enum class SessionsAsked : std::uint8_t { kNo, kYes };
SessionsAsked TakeSessionsWord(std::string& what);
// get what=sessions. Source: docs/protocol beyond §6.
void ShowLogins(Session& session, const model::Request& request, const std::string& topic);
// del what=session: one, all others, or all. Source: docs/protocol beyond §6.
void EndChosenLogins(Session& session, const model::Request& request, const model::Del& del);

}  // namespace molva::session
