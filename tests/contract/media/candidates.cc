// The media that come with the server.
#include "tests/contract/candidates.h"

namespace molva::test {

const std::vector<Candidate>& Candidates() {
  static const std::vector<Candidate> kAll = {
      {"fs", MOLVA_PLUGIN_FOLDER "/media_fs.so", R"({"folder":"$SCRATCH/files"})", ""}};
  return kAll;
}

}  // namespace molva::test
