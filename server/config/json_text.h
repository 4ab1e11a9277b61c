// JSON text for what operators read: quoting, and nothing else.
#pragma once

#include <string>
#include <string_view>

namespace molva::config {

// `text` as a quoted JSON string. Bytes that are not UTF-8 must have been refused before.
std::string QuoteJson(std::string_view text);

}  // namespace molva::config
