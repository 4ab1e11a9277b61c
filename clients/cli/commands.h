// The commands; each is in commands/<name>.cc.
#pragma once

#include <absl/status/status.h>

#include "clients/cli/command.h"

namespace molva::cli {

absl::Status RunRegister(Context& context);
absl::Status RunLogin(Context& context);
absl::Status RunLogout(Context& context);
absl::Status RunWhoami(Context& context);
absl::Status RunChat(Context& context);
absl::Status RunSend(Context& context);
absl::Status RunEdit(Context& context);
absl::Status RunDelete(Context& context);
absl::Status RunTail(Context& context);
absl::Status RunHistory(Context& context);
absl::Status RunTopics(Context& context);
absl::Status RunGroup(Context& context);
absl::Status RunWho(Context& context);
absl::Status RunRequests(Context& context);
absl::Status RunAsk(Context& context);
absl::Status RunAccept(Context& context);
absl::Status RunDecline(Context& context);
absl::Status RunBlock(Context& context);
absl::Status RunAdmin(Context& context);
absl::Status RunCompletion(Context& context);

}  // namespace molva::cli
