// molva-plugin-test on a scheme that behaves, and on ones that do not.
#include <string>

#include "tests/contract/kit/shell.h"
#include "tests/support/catch.h"
#include "tests/support/sanitizer.h"

namespace molva::test {
namespace {

Ran Test(const std::string& library, const std::string& more) {
  return Run(std::string(MOLVA_TESTER) + " " + library + " " + more);
}

Ran TestNaughty(const std::string& deed, const std::string& more = {}) {
  return Test(MOLVA_NAUGHTY, "--secret ann:word --config '{\"do\":\"" + deed + "\"}' " + more);
}

TEST_CASE("a plugin that behaves passes every case, and the exit code says so") {
  const Ran ran = TestNaughty("nothing");
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.Says("ok    it opens with the configuration that it was given\n"));
  CHECK(ran.Says("11 passed, 0 failed\n"));
}

TEST_CASE("each misdeed fails the case that is about it, and the tester lives on") {
  const struct {
    const char* deed;
    const char* fails;
    const char* words;
  } deeds[] = {
      {"crash in open", "FAIL  it opens with", "it crashed: Aborted"},
      {"exit in open", "FAIL  it opens with", "it ended the process with exit code 0"},
      {"take any setting", "FAIL  a configuration that it does not know", "says: "},
      {"refuse without a word", "FAIL  a configuration that it does not know", "one sentence"},
      {"leak memory", "FAIL  opened and closed fifty times", "left.bytes"},
      {"leak a descriptor", "FAIL  opened and closed fifty times", "left.descriptors"},
      {"crash in parse", "FAIL  every scheme survives rubbish", "it crashed: Aborted"},
      {"exit in parse", "FAIL  every scheme survives rubbish", "with exit code 3"},
      {"invent a code", "FAIL  every scheme survives rubbish", "molva/auth_plugin.h says"},
      {"let everybody in", "FAIL  a secret that was made", "DENIED is an answer"},
  };
  for (const auto& one : deeds) {
    // The allocator of a sanitizer does not say how much it has given out.
    if (kHasSanitizer && one.deed == std::string("leak memory")) continue;
    const Ran ran = TestNaughty(one.deed);
    INFO(one.deed << ":\n" << ran.output);
    CHECK(ran.code == 1);
    CHECK(ran.Says(one.fails));
    CHECK(ran.Says(one.words));
    CHECK_FALSE(ran.Says(" 0 failed"));
    CHECK(ran.Says("ok    the table is well-formed"));
  }
}

TEST_CASE("a plugin that does not answer is given up after the deadline, and the others go on") {
  const Ran ran = TestNaughty("hang in verify", "--deadline 1 --only scheme");
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.Says("no answer within 1 s"));
  CHECK(ran.Says("FAIL  every scheme serves several threads at once"));
}

TEST_CASE("a library that cannot be loaded fails one case with the reason") {
  const std::string unfit = MOLVA_UNFIT_FOLDER "/unfit_";
  const struct {
    const char* fault;
    const char* words;
  } faults[] = {{"kOtherMajor", "built for ABI 2.4, this server has 1.4"},
                {"kNoEntry", "does not export molva_plugin_v1"},
                {"kEntryCrashes", "it crashed: Aborted"},
                {"kEntryExits", "it ended the process"},
                {"kShortApi", "its function table is too short"}};
  for (const auto& one : faults) {
    const Ran ran = Test(unfit + one.fault + ".so", "");
    INFO(ran.output);
    CHECK(ran.code == 1);
    CHECK(ran.Says(one.words));
    CHECK(ran.Says("0 passed, 1 failed\n"));
  }
  CHECK(Test(unfit + "kRefuses.so", "--only exported").Says("FAIL  nothing but the entry"));
  CHECK(Test(MOLVA_NAUGHTY, "--kind store").Says("its kind is auth, wanted is store"));
}

TEST_CASE("a store is held to all that stores owe, each case on data of its own") {
  const Ran ran = Test(MOLVA_SQLITE, R"(--config '{"path":"$SCRATCH/data/molva.db"}')");
  INFO(ran.output);
  CHECK(ran.code == 0);
  CHECK(ran.Says("ok    a read sees every batch that the same caller wrote before it\n"));
  CHECK(ran.Says("ok    it opens with the configuration that it was given\n"));
  CHECK(ran.Says(" passed, 0 failed\n"));
  CHECK_FALSE(ran.Says("\n5 passed"));
}

TEST_CASE("a store that refuses every third batch fails cases, and the tester says what it found") {
  const Ran ran = Test(MOLVA_FAULTY,
                       "--only 'same caller' --config '{\"path\":\"$SCRATCH/molva.db\","
                       "\"inner\":\"" MOLVA_SQLITE "\",\"fail_every\":3}'");
  INFO(ran.output);
  CHECK(ran.code == 1);
  CHECK(ran.Says("FAIL  a read sees every batch that the same caller wrote before it"));
}

TEST_CASE("cases are listed, and the outcome is one JSON object on demand") {
  const Ran list = Run(std::string(MOLVA_TESTER) + " --list --kind media");
  CHECK(list.code == 0);
  CHECK(list.Says("an empty file is a file\n"));
  CHECK_FALSE(list.Says("every scheme"));
  const Ran json = TestNaughty("nothing", "--json --only exported");
  INFO(json.output);
  CHECK(json.output ==
        "{\"passed\":2,\"failed\":0,\"cases\":["
        "{\"name\":\"it loads, and its table is sound\",\"outcome\":\"passed\",\"why\":\"\","
        "\"output\":\"\"},"
        "{\"name\":\"nothing but the entry is exported\",\"outcome\":\"passed\",\"why\":\"\","
        "\"output\":\"\"}]}\n");
}

TEST_CASE("wrong usage is told in a sentence") {
  for (const char* words :
       {"", "--no-such x.so", "a.so b.so", "a.so --deadline soon", "a.so --config @/nonexistent"}) {
    const Ran ran = Run(std::string(MOLVA_TESTER) + " " + words);
    INFO(words);
    CHECK(ran.code == 2);
    CHECK(ran.Says("molva-plugin-test: "));
  }
  CHECK(Run(std::string(MOLVA_TESTER) + " --help").Says("Usage: molva-plugin-test"));
}

}  // namespace
}  // namespace molva::test
