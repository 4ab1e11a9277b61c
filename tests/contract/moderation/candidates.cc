// The moderation plugins that come with the server.
#include "tests/contract/candidates.h"

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace molva::test {

const std::vector<Candidate>& Candidates() {
  static const TemporaryFolder folder;
  static const std::vector<Candidate> kAll = [] {
    std::ofstream(folder / "words") << "refuse casino\n";
    return std::vector<Candidate>{{"words", MOLVA_PLUGIN_FOLDER "/moderation_words.so",
                                   R"({"file":")" + (folder / "words") + R"("})", "\"casino\""}};
  }();
  return kAll;
}

}  // namespace molva::test
