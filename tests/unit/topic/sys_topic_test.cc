#include "topic/sys_topic.h"

#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::AuthLevel;

AccessMode Mode(const char* text) { return *AccessMode::Parse(text); }

std::string TextOf(const Modes& modes) {
  return modes.want.ToString() + "/" + modes.given.ToString();
}

TEST_CASE("only root reads reports", "[sys_topic]") {
  for (const AuthLevel level : {AuthLevel::kNone, AuthLevel::kAnon, AuthLevel::kAuth}) {
    const auto modes = ModesInSys(level, std::nullopt, AccessMode::Unset());
    CHECK(model::FaultOf(modes.status()) == model::Fault::kPermissionDenied);
    // Not even who was root once.
    CHECK_FALSE(ModesInSys(level, Modes{Mode("JRWPD"), Mode("JRWPD")}, Mode("J")).ok());
  }
}

TEST_CASE("an administrator wants what he likes of JRWPD, but J and W", "[sys_topic]") {
  const struct {
    const char* former_want;
    const char* requested;
    const char* modes;
  } kTable[] = {
      {"", "", "JRWPD/JRWPD"},         {"", "R", "JRW/JRWPD"},   {"", "N", "JW/JRWPD"},
      {"", "JRWPASDO", "JRWPD/JRWPD"}, {"JRW", "", "JRW/JRWPD"}, {"JRW", "P", "JWP/JRWPD"},
  };
  for (const auto& row : kTable) {
    CAPTURE(row.former_want, row.requested);
    std::optional<Modes> former;
    if (*row.former_want != '\0') former = Modes{Mode(row.former_want), Mode("JRWPD")};
    const auto modes = ModesInSys(AuthLevel::kRoot, former, Mode(row.requested));
    REQUIRE(modes.ok());
    CHECK(TextOf(*modes) == row.modes);
  }
}

}  // namespace
}  // namespace molva::topic
