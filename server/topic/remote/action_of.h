// Requests at a replica as actions for the home: which parts of a request are the home's to decide.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <vector>

#include "topic/chat_core.h"

namespace molva::topic {

// nullopt: this server does it for its user (soft deletion) or refuses it.
std::optional<chain::Action> ActionOf(const ChatCore& core, const Remove& command);

// The parts of `command` that the home decides, each as a request of its own.
std::vector<Change> SharedPartsOf(const ChatCore& core, const Change& command);
// The action of one such part. Errors: kMalformed.
absl::StatusOr<chain::Action> ActionOf(const ChatCore& core, const Change& part);
// Whether something is left that this server does: the private note, or an error to report.
bool HasOwnPart(const Change& command);
void KeepOwnPart(Change& command);

}  // namespace molva::topic
