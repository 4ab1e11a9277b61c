// The cases that are compiled into this program, and how one is run.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace molva::test {

// The names of the cases that hold for every plugin of `kind` ("auth"), those that hold for every
// kind first, in the order in which they are written.
std::vector<std::string> CasesOf(std::string_view kind);

// Runs one case in this process and reports to the parent as plugin::TryInChild wants it.
void RunCase(const std::string& name, int report);

}  // namespace molva::test
