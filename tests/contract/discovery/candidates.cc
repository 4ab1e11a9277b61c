// The discovery plugins that come with the server.
#include "tests/contract/candidates.h"

namespace molva::test {

const std::vector<Candidate>& Candidates() {
  static const std::vector<Candidate> kAll = {
      {"file", MOLVA_PLUGIN_FOLDER "/discovery_file.so",
       R"({"file":"$SCRATCH/servers.json","announce":true})", ""}};
  return kAll;
}

}  // namespace molva::test
