// From the topic text of a request to a topic of this node.
#pragma once

#include <optional>

#include "model/request.h"
#include "model/topic_name.h"

namespace molva::session {

class Session;

// What `text` means to the session's user; a text that means nothing has been answered and gives
// nullopt. Topics that only a sub may create ("new…") are refused too.
std::optional<model::ResolvedTopic> ResolveOrRefuse(Session& session, const model::Request& request,
                                                    const std::string& text);

}  // namespace molva::session
