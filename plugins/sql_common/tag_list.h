// How the tags of a record are kept in one column: netstrings, "5:alpha,3:foo,".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "molva/plugin.h"

namespace molva::sql_common {

std::string PackTags(molva_texts tags);
// The tags in `packed`, borrowed from it. Stops at the first malformed byte.
std::vector<std::string_view> UnpackTags(std::string_view packed);

}  // namespace molva::sql_common
