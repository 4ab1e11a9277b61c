// What every validator must do.
#include <algorithm>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "model/fault.h"
#include "plugin/library.h"
#include "plugin/validator_adapter.h"
#include "tests/contract/candidates.h"
#include "tests/contract/fault_text.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using model::Fault;
using plugin::ValidatorPlugin;

// A validator in a folder of its own.
class Opened {
 public:
  explicit Opened(const Candidate& candidate) {
    const auto library = plugin::Library::Load(candidate.library, MOLVA_KIND_VALIDATOR);
    INFO(library.status().message());
    REQUIRE(library.ok());
    auto opened = ValidatorPlugin::Open(*library, InFolder(candidate.config, folder_ / ""));
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    validator_ = *std::move(opened);
  }
  const ValidatorPlugin* operator->() const { return validator_.get(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<ValidatorPlugin> validator_;
};

validation::Letter LetterTo(const std::string& to) {
  validation::Letter letter;
  letter.to = to;
  letter.code = "123456";
  letter.language = "en-GB";
  letter.token = "ab+/==";
  return letter;
}

bool IsPrintable(const std::string& text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

TEST_CASE("every validator is called like its method") {
  for (const Candidate& candidate : Candidates()) {
    MOLVA_SAYS("validator_plugin.h", "the plugin's name is its method");
    CHECK(Opened(candidate)->method() == candidate.name);
  }
}

TEST_CASE("the normal form of a normal form is itself, for several threads at once") {
  for (const Candidate& candidate : Candidates()) {
    if (candidate.sample.empty()) continue;
    INFO(candidate.name);
    MOLVA_SAYS("validator_plugin.h",
               "Puts the one way in which this contact is written, at most "
               "256 bytes.");
    const Opened validator(candidate);
    const auto normal = validator->Normalise(candidate.sample, {});
    INFO(normal.status().message());
    REQUIRE(normal.ok());
    std::vector<std::thread> threads;
    std::atomic<int> same{0};
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          if (validator->Normalise(candidate.sample, {}).value_or("") == *normal &&
              validator->Normalise(*normal, {}).value_or("") == *normal) {
            ++same;
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(same == 200);
  }
}

TEST_CASE("every validator refuses rubbish, or knows a printable form of it, and never breaks") {
  for (const Candidate& candidate : Candidates()) {
    const Opened validator(candidate);
    for (const std::string& rubbish :
         {std::string(), std::string(" "), std::string("@"), std::string("+"),
          std::string("\xff\xfe"), std::string(300, '1'), std::string(100'000, 'x'),
          std::string("1\0002", 3), std::string("a@b.c\r\nRCPT TO:<x@y.z>"),
          std::string("+12025550123\n")}) {
      INFO(candidate.name << ": " << rubbish.substr(0, 40));
      MOLVA_SAYS("validator_plugin.h", "MALFORMED: no such contact. POLICY: not allowed here.");
      const auto normal = validator->Normalise(rubbish, {});
      const Fault refused = model::FaultOf(normal.status());
      const bool is_refused = refused == Fault::kMalformed || refused == Fault::kPolicyViolation;
      CHECK((is_refused || (normal.ok() && IsPrintable(*normal))));
      // The host sends to normal forms alone; anything else is refused, and at once.
      if (is_refused) {
        const Fault unsent = model::FaultOf(validator->Send(LetterTo(rubbish)));
        CHECK(unsent != Fault::kOk);
        CHECK(unsent != Fault::kInternalError);
      }
    }
  }
}

}  // namespace
}  // namespace molva::test
