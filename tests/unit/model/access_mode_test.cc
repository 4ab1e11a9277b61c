#include "model/access_mode.h"

#include "tests/support/catch.h"

namespace molva::model {
namespace {

TEST_CASE("a mode is read in any order and case and written in one", "[access_mode]") {
  const std::tuple<const char*, std::uint16_t, const char*> table[] = {
      {"", AccessMode::kUnset, ""},
      {"N", 0, "N"},
      {"n", 0, "N"},
      {"NJRW", 0, "N"},  // a leading N ends it
      {"J", 0x01, "J"},
      {"R", 0x02, "R"},
      {"W", 0x04, "W"},
      {"P", 0x08, "P"},
      {"A", 0x10, "A"},
      {"S", 0x20, "S"},
      {"D", 0x40, "D"},
      {"O", 0x80, "O"},
      {"odsapwrj", 0xff, "JRWPASDO"},
      {"SPWRJ", 0x2f, "JRWPS"},
      {"JJJ", 0x01, "J"},
  };
  for (const auto& [text, bits, written] : table) {
    CAPTURE(text);
    const auto mode = AccessMode::Parse(text);
    REQUIRE(mode.ok());
    CHECK(mode->bits() == bits);
    CHECK(mode->ToString() == written);
  }
}

TEST_CASE("a character that is no right spoils the mode", "[access_mode]") {
  for (const char* text : {"X", "JX", "JN", "J R", "J,R", " J", "+J", "\xd0\x96", "0"}) {
    CAPTURE(text);
    CHECK(AccessMode::Parse(text).status().code() == absl::StatusCode::kInvalidArgument);
  }
}

TEST_CASE("every mode survives its text form", "[access_mode]") {
  for (int bits = 0; bits <= 0xff; ++bits) {
    const AccessMode mode(static_cast<std::uint16_t>(bits));
    REQUIRE(*AccessMode::Parse(mode.ToString()) == mode);
  }
}

TEST_CASE("the presets are those of the protocol", "[access_mode]") {
  CHECK(access::kGroupDefault.ToString() == "JRWPS");
  CHECK(access::kChannelDefault.ToString() == "RWPS");
  CHECK(access::kP2p.ToString() == "JRWPA");
  CHECK(access::kAccountDefault.ToString() == "JRWPAS");
  CHECK(access::kSelf.ToString() == "JPS");
  CHECK(access::kSlf.ToString() == "JRWDO");
  CHECK(access::kFull.ToString() == "JRWPASDO");
  CHECK(access::kSys.ToString() == "JRWPD");
  CHECK(access::kReader.ToString() == "JRP");
  CHECK(DefaultAccess{}.auth == AccessMode::None());
}

TEST_CASE("an unset mode has no right and counts as none in arithmetic", "[access_mode]") {
  const AccessMode unset = AccessMode::Unset();
  CHECK_FALSE(unset.is_set());
  CHECK_FALSE(unset.Has(0));
  CHECK_FALSE(unset.HasAny(0xff));
  CHECK((unset & access::kFull) == AccessMode::None());
  CHECK((unset | access::kReader) == access::kReader);
  CHECK(unset.With(AccessMode::kJoin) == AccessMode(AccessMode::kJoin));
  CHECK(unset.Without(AccessMode::kJoin) == AccessMode::None());
  CHECK(unset != AccessMode::None());
}

TEST_CASE("sharers and admins are told by their rights", "[access_mode]") {
  const std::tuple<const char*, bool, bool> table[] = {
      {"JRWP", false, false}, {"JRWPS", true, false}, {"A", true, true},
      {"O", true, true},      {"D", false, false},    {"N", false, false},
  };
  for (const auto& [text, sharer, admin] : table) {
    CAPTURE(text);
    CHECK(AccessMode::Parse(text)->is_sharer() == sharer);
    CHECK(AccessMode::Parse(text)->is_admin() == admin);
  }
}

TEST_CASE("a change of rights is written as what came and what went", "[access_mode]") {
  const std::tuple<const char*, const char*, const char*> table[] = {
      {"JRW", "JRW", ""},
      {"", "", ""},
      {"N", "N", ""},
      {"JRWPA", "JRWW", "-PA"},
      {"JR", "JRW", "+W"},
      {"JRPA", "JRW", "+W-PA"},
      {"N", "JRW", "JRW"},
      {"", "JRW", "JRW"},
      {"", "N", "N"},
      {"JRW", "", "N"},
      {"JRW", "N", "-JRW"},
      {"N", "", "N"},
      {"JRWPASDO", "O", "-JRWPASD"},
  };
  for (const auto& [before, after, delta] : table) {
    CAPTURE(before, after);
    CHECK(AccessDelta(*AccessMode::Parse(before), *AccessMode::Parse(after)) == delta);
  }
}

}  // namespace
}  // namespace molva::model
