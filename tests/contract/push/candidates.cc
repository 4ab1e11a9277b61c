// The push services that come with the server.
#include "tests/contract/candidates.h"

namespace molva::test {

const std::vector<Candidate>& Candidates() {
  static const std::vector<Candidate> kAll = {
      {"stdout", MOLVA_PLUGIN_FOLDER "/push_stdout.so", "{}", "device"},
      {"web", MOLVA_PLUGIN_FOLDER "/push_web.so",
       R"({"private_key":"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s",)"
       R"("subject":"mailto:ops@chat.example"})",
       ""}};
  return kAll;
}

}  // namespace molva::test
