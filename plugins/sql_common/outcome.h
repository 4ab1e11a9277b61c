// How an operation of the plugin ended.
#pragma once

#include "molva/plugin.hpp"

namespace molva::sql_common {

using sdk::Done;
using sdk::Outcome;

}  // namespace molva::sql_common
