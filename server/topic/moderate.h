// Asking the node's moderation before something takes effect, and carrying out what it says.
#pragma once

#include <functional>

#include "moderation/moderator.h"
#include "topic/chat_core.h"

namespace molva::topic {

// Whether `command`, of a user here or a proposal of another server, waits for a verdict. If so it
// is taken: the topic is held until the verdict is carried out, so that what comes behind keeps its
// place; `go_on` gets what may happen, perhaps changed. Root's own sessions, reports to `sys` and
// what would be refused anyway are not asked about.
//
// Source: docs/plugins/moderation.md.
bool AwaitsVerdict(const CorePtr& core, Command& command, std::function<void(Command)> go_on);

// The report in `sys` that a message led to is in the store, or could not be stored.
void HandleKept(ChatCore& core, const Kept& kept);

// Puts what was held back before the administrators.
//
// `files`: those the message refers to; the report keeps them. `kept_for`: is told, may be empty.
void ReportToSys(Outbound& outbound, absl::Time now, const moderation::Case& what,
                 const moderation::Verdict& verdict, std::vector<model::FileId> files,
                 std::optional<KeptFor> kept_for);
// The same for a message in `core`'s topic. `done` is called with whether it is in the store; the
// topic must be held until then.
void KeepBefore(ChatCore& core, const moderation::Case& what, const moderation::Verdict& verdict,
                std::vector<model::FileId> files, absl::AnyInvocable<void(bool)> done);

// What an administrator finds in `sys`, as Drafty.
model::RawJson ReportOf(const moderation::Case& what, const moderation::Verdict& verdict);

}  // namespace molva::topic
