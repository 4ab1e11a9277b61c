// hi: the first word of every session, later also a new language or device.
#include <array>
#include <charconv>

#include "base/strings.h"
#include "session/devices.h"
#include "session/handlers/handlers.h"
#include "session/session.h"

namespace molva::session {
namespace {

using model::Fault;

// Major, minor and patch; all zero for what is no version.
using Version = std::array<std::uint32_t, 3>;
constexpr Version kOldestVersion = {0, 20, 0};

// Leading digits, 1 to 8191; anything else is 0.
std::uint32_t ParsePart(std::string_view part) {
  std::uint32_t value = 0;
  std::from_chars(part.data(), part.data() + part.size(), value);
  return value >= 1 && value <= 8191 ? value : 0;
}

// Source: messages §3.1.
Version ParseVersion(std::string_view text) {
  if (!text.empty() && (text.front() == 'v' || text.front() == 'V')) text.remove_prefix(1);
  Version version{};
  for (std::uint32_t& part : version) {
    const std::size_t dot = std::min(text.find('.'), text.size());
    part = ParsePart(text.substr(0, dot));
    if (dot == text.size()) break;
    text.remove_prefix(dot + 1);
  }
  return version;
}

void FirstHi(Session& session, const model::Request& request, model::Hi& hi) {
  const Version version = ParseVersion(hi.version);
  if (version == Version{}) return session.Reply(request.id, "", Fault::kMalformed);
  if (version < kOldestVersion) {
    return session.Reply(request.id, "", Fault::kVersionNotSupported);
  }
  Session::State& state = session.state();
  state.phase = Session::Phase::kKnown;
  state.version = std::move(hi.version);
  state.user_agent = std::move(hi.user_agent);
  state.language = std::move(hi.language);
  state.device_id = std::move(hi.device_id);
  if (state.device_id == model::kClearMark) state.device_id.clear();
  state.platform = hi.platform.empty() ? GuessPlatform(state.user_agent) : std::move(hi.platform);
  if (hi.background) session.StartInBackground();
  // With long polling 201 means that a sid was made.
  const bool polls = session.transport() == TransportKind::kLongPoll;
  session.Reply(request.id, "", polls ? Fault::kOk : Fault::kCreated,
                session.env().info.ToParams());
}

}  // namespace

void Handle(Session& session, const model::Request& request, model::Hi hi) {
  Session::State& state = session.state();
  if (!DeviceFits(hi)) return session.Reply(request.id, "", Fault::kMalformed);
  if (state.phase == Session::Phase::kFresh) return FirstHi(session, request, hi);
  if (!hi.version.empty() && hi.version != state.version) {
    return session.Reply(request.id, "", Fault::kOutOfSequence);
  }
  if (state.phase != Session::Phase::kAuthenticated) {
    return session.Reply(request.id, "", Fault::kAuthenticationRequired);
  }
  state.language = std::move(hi.language);
  if (hi.device_id == model::kClearMark) return ClearDevice(session, request.id);
  if (!hi.device_id.empty() && hi.device_id != state.device_id) {
    return ReplaceDevice(session, request.id, hi.device_id);
  }
  state.device_id = std::move(hi.device_id);
  session.Reply(request.id, "", Fault::kCreated);
}

}  // namespace molva::session
