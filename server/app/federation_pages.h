// What the node shows to other servers over HTTP: its key document.
#pragma once

#include <functional>
#include <string>

#include "transport/http/http_service.h"

namespace molva::app {

// Adds /.well-known/molva/server. `document` gives the current text; any shard calls it.
void AddFederationPages(transport::HttpService& pages, std::function<std::string()> document);

}  // namespace molva::app
