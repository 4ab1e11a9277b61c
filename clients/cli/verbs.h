// The table of verbs, one theme per file in verbs/: what the help, the manual page and the
// completion are made of.
#pragma once

#include "clients/cli/command.h"

namespace molva::cli {

Theme AccountVerbs();
Theme MessageVerbs();
Theme FileVerbs();
Theme ChatVerbs();
Theme PeopleVerbs();
Theme OperatorVerbs();

}  // namespace molva::cli
