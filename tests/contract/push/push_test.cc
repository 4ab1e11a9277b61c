// What the host owes every push plugin, and the key of browsers.
#include <string>
#include <vector>

#include "tests/contract/candidates.h"
#include "tests/contract/push/harness.h"

namespace molva::test {
namespace {

TEST_CASE("the pusher of browsers gives the key that they subscribe with, no other does") {
  for (const Candidate& candidate : Candidates()) {
    INFO(candidate.name);
    const std::string key = Open(candidate.name, candidate.config)->web_key();
    // The public half of the private key above: an uncompressed point of P-256.
    const std::string expected = candidate.name == "web"
                                     ? "BJ8uJ5o67CgmIRW7bfoyNr1n1jJMYN-Tl01uAsRjPL-"
                                       "4ISAM6LQ5d5kqmOHHEv2Bh-r5VC218FJn9vzAncUjyWA"
                                     : "";
    CHECK(key == expected);
  }
}

TEST_CASE("what does not fit into the queue is dropped and counted, and nothing waits for it") {
  for (const Candidate& candidate : Candidates()) {
    INFO(candidate.name);
    plugin::PushOptions options;
    options.max_queued = 0;
    const auto pusher = Open(candidate.name, candidate.config, std::move(options));
    for (int i = 0; i < 5; ++i) Push(*pusher, MessageTo(RecipientWith({"device"})));
    CHECK(pusher->counts().dropped == 5);
    CHECK(pusher->queued() == 0);
  }
}

}  // namespace
}  // namespace molva::test
