// A PostgreSQL that runs as long as the test program.
#pragma once

#include <string>

namespace molva::test {

// Started at the first call (tests/support/postgres/server); stops when this program ends, however
// it ends.
const std::string& PostgresDsn();

}  // namespace molva::test
