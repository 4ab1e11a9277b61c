// What the validators that come with the server have in common.
#include <string>

#include "tests/contract/candidates.h"
#include "tests/contract/validator/harness.h"

namespace molva::test {
namespace {

using model::Fault;

TEST_CASE("our validators want settings, and write contacts another way than people do") {
  for (const Candidate& candidate : Candidates()) {
    INFO(candidate.name);
    CHECK(absl::IsInvalidArgument(TryOpen(candidate.name, "{}").status()));
    const auto validator = Open(candidate.name, candidate.config);
    CHECK(Normal(*validator, candidate.sample) != candidate.sample);
  }
}

TEST_CASE("our validators refuse rubbish as malformed, and never sends to it") {
  for (const Candidate& candidate : Candidates()) {
    INFO(candidate.name);
    const auto validator = Open(candidate.name, candidate.config);
    for (const std::string& rubbish :
         {std::string(), std::string(" "), std::string("@"), std::string("+"),
          std::string("\xff\xfe"), std::string(300, '1'), std::string(100'000, 'x'),
          std::string("1\0002", 3), std::string("a@b.c\r\nRCPT TO:<x@y.z>"),
          std::string("+12025550123\n")}) {
      CHECK(model::FaultOf(validator->Normalise(rubbish, {}).status()) == Fault::kMalformed);
      CHECK(model::FaultOf(validator->Send(LetterTo(rubbish))) == Fault::kMalformed);
    }
  }
}

}  // namespace
}  // namespace molva::test
