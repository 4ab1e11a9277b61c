// The commands; each is in commands/<name>.cc.
#pragma once

#include <absl/status/status.h>

#include <cstdint>

#include "clients/cli/command.h"

namespace molva::cli {

// How many messages are shown if nobody says.
inline constexpr std::int32_t kUsualLimit = 24;

absl::Status RunRegister(Context& context);
absl::Status RunLogin(Context& context);
absl::Status RunLogout(Context& context);
absl::Status RunWhoami(Context& context);
absl::Status RunDevices(Context& context);
absl::Status RunProfile(Context& context);
absl::Status RunAccount(Context& context);
absl::Status RunChat(Context& context);
absl::Status RunSend(Context& context);
absl::Status RunEdit(Context& context);
absl::Status RunDelete(Context& context);
absl::Status RunTail(Context& context);
absl::Status RunHistory(Context& context);
absl::Status RunSearch(Context& context);
absl::Status RunKeep(Context& context);
absl::Status RunExport(Context& context);
absl::Status RunSave(Context& context);
absl::Status RunReact(Context& context);
absl::Status RunUnreact(Context& context);
absl::Status RunReactions(Context& context);
absl::Status RunPin(Context& context);
absl::Status RunUnpin(Context& context);
absl::Status RunPins(Context& context);
absl::Status RunAttach(Context& context);
absl::Status RunDownload(Context& context);
absl::Status RunAvatar(Context& context);
absl::Status RunTopics(Context& context);
absl::Status RunGroup(Context& context);
absl::Status RunInvite(Context& context);
absl::Status RunMembers(Context& context);
absl::Status RunRole(Context& context);
absl::Status RunBan(Context& context);
absl::Status RunUnban(Context& context);
absl::Status RunRemove(Context& context);
absl::Status RunFind(Context& context);
absl::Status RunWho(Context& context);
absl::Status RunRequests(Context& context);
absl::Status RunAsk(Context& context);
absl::Status RunAccept(Context& context);
absl::Status RunDecline(Context& context);
absl::Status RunBlock(Context& context);
absl::Status RunUnblock(Context& context);
absl::Status RunAdmin(Context& context);
absl::Status RunCompletion(Context& context);
absl::Status RunManual(Context& context);

}  // namespace molva::cli
