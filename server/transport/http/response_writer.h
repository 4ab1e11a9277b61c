// HTTP responses as bytes.
#pragma once

#include <string>
#include <string_view>

#include "model/fault.h"
#include "transport/http/http_service.h"

namespace molva::transport {

enum class BodyPolicy { kWritten, kLeftOut };  // left out for HEAD

// Status line, headers and body. The header of a body that is left out tells its length.
std::string RenderResponse(const HttpResponse& response, HttpRequest::KeepAlive keep_alive,
                           BodyPolicy body_policy);

// The catalogue's ctrl as JSON, with its code as the HTTP status.
HttpResponse MakeFaultResponse(model::Fault fault);
// An empty-handed answer to a request that is no HTTP of ours: the status and its reason as text.
HttpResponse MakeStatusResponse(int status);

}  // namespace molva::transport
