// Another card or other tags of an account, if the node's moderation lets them pass.
#pragma once

#include "topic/me_meta.h"

namespace molva::topic {

// As ChangeMe, once a verdict has come if one is wanted; such changes wait for each other.
// Source: docs/plugins/moderation.md.
void ChangeMeIfAllowed(const MePtr& me, Change command);

}  // namespace molva::topic
