#include "validation/code_sealer.h"

#include <set>

#include "tests/support/catch.h"
#include "tests/support/sim_world.h"

namespace molva::validation {

TEST_CASE("a code has the digits that were asked for, and another time others", "[validation]") {
  test::SeededRandom random(1);
  std::set<std::string> codes;
  for (int i = 0; i < 100; ++i) {
    const std::string code = CodeSealer::Make(random, 6);
    CHECK(code.size() == 6);
    CHECK(code.find_first_not_of("0123456789") == std::string::npos);
    codes.insert(code);
  }
  CHECK(codes.size() > 90);
}

TEST_CASE("what is kept of a code tells it from others, and tells nothing else", "[validation]") {
  const CodeSealer sealer("the key of one node, as long as it takes");
  const std::string kept = sealer.Seal("123456", "ann email:a@x");
  CHECK(sealer.Matches(kept, "123456", "ann email:a@x"));
  CHECK_FALSE(sealer.Matches(kept, "123457", "ann email:a@x"));
  CHECK_FALSE(sealer.Matches(kept, "123456", "bob email:a@x"));
  CHECK_FALSE(sealer.Matches(kept, "", "ann email:a@x"));
  CHECK_FALSE(sealer.Matches("", "123456", "ann email:a@x"));
  CHECK(kept.find("123456") == std::string::npos);
  const CodeSealer other("the key of another node, also that long");
  CHECK_FALSE(other.Matches(kept, "123456", "ann email:a@x"));
}

TEST_CASE("where a code ends and its subject begins is sealed too", "[validation]") {
  const CodeSealer sealer("the key of one node, as long as it takes");
  CHECK(sealer.Seal("1", "2 ann") != sealer.Seal("1 2", "ann"));
  CHECK(sealer.NameOf("email:a@x") != sealer.Seal("", "email:a@x"));
}

}  // namespace molva::validation
