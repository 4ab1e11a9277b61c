// The validators that come with the server.
#include "tests/contract/candidates.h"

namespace molva::test {

const std::vector<Candidate>& Candidates() {
  static const std::vector<Candidate> kAll = {
      {"email", MOLVA_PLUGIN_FOLDER "/validator_email.so",
       R"({"host":"127.0.0.1","sender":"a@b.example","host_url":"https://c.example/"})",
       "Ann@Example.COM"},
      {"tel", MOLVA_PLUGIN_FOLDER "/validator_tel.so", R"({"script":"/bin/true"})",
       "(202) 555-0123"}};
  return kAll;
}

}  // namespace molva::test
