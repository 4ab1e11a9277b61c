// The tables of docs/protocol behaviour §6.4 and §9.2.
#include "topic/access_rules.h"

#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::AuthLevel;
using model::Fault;
using model::FaultOf;
using model::TopicKind;

AccessMode Mode(const char* text) { return *AccessMode::Parse(text); }

std::string TextOf(const Modes& modes) {
  return modes.want.ToString() + "/" + modes.given.ToString();
}

TEST_CASE("a stranger gets the default of his level", "[access_rules]") {
  const model::DefaultAccess access{Mode("JRWPASD"), Mode("JR")};
  const std::tuple<TopicKind, AuthLevel, const char*> table[] = {
      {TopicKind::kGroup, AuthLevel::kNone, "N"},
      {TopicKind::kGroup, AuthLevel::kAnon, "JR"},
      {TopicKind::kGroup, AuthLevel::kAuth, "JRWPASD"},
      {TopicKind::kGroup, AuthLevel::kRoot, "JRWPS"},
      {TopicKind::kP2p, AuthLevel::kNone, "N"},
      {TopicKind::kP2p, AuthLevel::kAnon, "JRA"},
      {TopicKind::kP2p, AuthLevel::kAuth, "JRWPA"},
      {TopicKind::kP2p, AuthLevel::kRoot, "JRWPA"},
  };
  for (const auto& [kind, level, mode] : table) {
    CAPTURE(kind, level);
    CHECK(DefaultFor(kind, access, level, model::access::kP2p).ToString() == mode);
  }
  // N is kept: with A added it would not be "nothing" any more.
  CHECK(DefaultFor(TopicKind::kP2p, {}, AuthLevel::kAuth, model::access::kP2p) ==
        AccessMode::None());
}

TEST_CASE("the rights of p2p are bounded and keep A", "[access_rules]") {
  const AccessMode usual = model::access::kP2p;
  CHECK(BoundP2p(model::access::kFull, usual).ToString() == "JRWPA");
  CHECK(BoundP2p(Mode("JR"), usual).ToString() == "JRA");
  CHECK(BoundP2p(Mode("SDO"), usual).ToString() == "A");
  CHECK(BoundP2p(AccessMode::Unset(), usual).ToString() == "A");
}

TEST_CASE("where the two may delete for both, D is among their rights", "[access_rules]") {
  const AccessMode most = Mode("JRWPAD");
  CHECK(BoundP2p(model::access::kFull, most).ToString() == "JRWPAD");
  CHECK(BoundP2p(Mode("JR"), most).ToString() == "JRA");
  CHECK(AccountDefault(most).ToString() == "JRWPASD");
  CHECK(AccountDefault(model::access::kP2p) == model::access::kAccountDefault);
  const model::DefaultAccess access{Mode("JRWPASD"), Mode("JR")};
  const auto given = [&](model::AuthLevel level) {
    return DefaultFor(TopicKind::kP2p, access, level, most).ToString();
  };
  CHECK(given(model::AuthLevel::kAuth) == "JRWPAD");
  CHECK(given(model::AuthLevel::kAnon) == "JRA");
  CHECK(given(model::AuthLevel::kRoot) == "JRWPAD");
}

TEST_CASE("a new member wants what he asks for and is given what there is", "[access_rules]") {
  const std::tuple<const char*, const char*, const char*, const char*> table[] = {
      // default, former given, requested, want/given
      {"JRWPS", "", "", "JRWPS/JRWPS"}, {"JRWPS", "", "JRWPA", "JRWPA/JRWPS"},
      {"JRWPS", "JR", "", "JRWPS/JR"},  {"JRWPS", "JR", "JRW", "JRW/JR"},
      {"N", "JRW", "", "N/JRW"},        {"JRWPS", "", "RW", "RW/JRWPS"},
  };
  for (const auto& [fallback, former, requested, modes] : table) {
    CAPTURE(fallback, former, requested);
    const std::optional<AccessMode> given =
        *former == '\0' ? std::nullopt : std::optional(Mode(former));
    const auto made = ModesOfNewMember(Mode(fallback), given, Mode(requested));
    REQUIRE(made.ok());
    CHECK(TextOf(*made) == modes);
  }
}

TEST_CASE("who may not join is refused, and so is who takes ownership", "[access_rules]") {
  const std::tuple<const char*, const char*, const char*> table[] = {
      {"N", "", ""},  {"RWPS", "", ""},   {"JRWPS", "RW", "JRW"}, {"JRWPS", "", "JRWPASDO"},
      {"N", "", "J"}, {"JRWPS", "N", ""},
  };
  for (const auto& [fallback, former, requested] : table) {
    CAPTURE(fallback, former, requested);
    const std::optional<AccessMode> given =
        *former == '\0' ? std::nullopt : std::optional(Mode(former));
    CHECK(FaultOf(ModesOfNewMember(Mode(fallback), given, Mode(requested)).status()) ==
          Fault::kPermissionDenied);
  }
}

struct OwnRow {
  TopicKind kind;
  const char* want;
  const char* given;
  const char* requested;
  const char* after;  // want/given; "" if refused
  bool takes_ownership;
};

const OwnRow kOwnTable[] = {
    // A plain member.
    {TopicKind::kGroup, "JRWPS", "JRWPS", "JRW", "JRW/JRWPS", false},
    {TopicKind::kGroup, "JRWPS", "JRWPS", "JRWPA", "JRWPA/JRWPS", false},
    {TopicKind::kGroup, "JRWPS", "JRWPS", "N", "N/JRWPS", false},
    {TopicKind::kGroup, "JRWPS", "JRWPS", "JRWPASDO", "", false},
    {TopicKind::kGroup, "JRWPS", "N", "JR", "JR/N", false},
    // An admin raises what he is given, but for D and O.
    {TopicKind::kGroup, "JRWPA", "JRWPA", "JRWPASD", "JRWPASD/JRWPAS", false},
    {TopicKind::kGroup, "JRWPA", "JRWPA", "JRWPS", "JRWPS/JRWPA", false},
    {TopicKind::kGroup, "JRWPA", "JRWPA", "JRWPASDO", "", false},
    // An admin who does not want it still may.
    {TopicKind::kGroup, "JRW", "JRWPA", "JRWPAS", "JRWPAS/JRWPAS", false},
    // The owner.
    {TopicKind::kGroup, "JRWPASDO", "JRWPASDO", "JRWPO", "JRWPO/JRWPASDO", false},
    {TopicKind::kGroup, "JRO", "JRO", "JRWPASDO", "JRWPASDO/JRWPASDO", false},
    {TopicKind::kGroup, "JRWPASDO", "JRWPASDO", "JRWP", "", false},
    {TopicKind::kGroup, "JRWPASDO", "JRWPASDO", "RWPASDO", "", false},
    {TopicKind::kGroup, "JRWPASDO", "JRWPASDO", "N", "", false},
    // To whom ownership was offered.
    {TopicKind::kGroup, "JRWPS", "JRWPASDO", "JRWPASDO", "JRWPASDO/JRWPASDO", true},
    {TopicKind::kGroup, "JRWPS", "JRWPSO", "JRWPASDO", "JRWPASDO/JRWPASDO", true},
    {TopicKind::kGroup, "JRWPS", "JRWPASDO", "JRWP", "JRWP/JRWPASDO", false},
    // Two people.
    {TopicKind::kP2p, "JRWPA", "JRWPA", "JRWPASDO", "JRWPA/JRWPA", false},
    {TopicKind::kP2p, "JRWPA", "JRWPA", "JR", "JRA/JRWPA", false},
    {TopicKind::kP2p, "JRWPA", "JRA", "JRWPA", "JRWPA/JRA", false},
    {TopicKind::kP2p, "JRWPA", "JRWPA", "N", "A/JRWPA", false},
};

TEST_CASE("a subscriber's own wish changes his rights as the protocol says", "[access_rules]") {
  for (const OwnRow& row : kOwnTable) {
    CAPTURE(row.kind, row.want, row.given, row.requested);
    const auto change = ChangeOwnWant(row.kind, {Mode(row.want), Mode(row.given)},
                                      Mode(row.requested), model::access::kP2p);
    if (*row.after == '\0') {
      CHECK(FaultOf(change.status()) == Fault::kPermissionDenied);
      continue;
    }
    REQUIRE(change.ok());
    CHECK(TextOf(change->modes) == row.after);
    CHECK(change->takes_ownership == row.takes_ownership);
  }
}

TEST_CASE("who comes back from a self-ban wants again what he may", "[access_rules]") {
  CHECK(TextOf(ModesOfReturning({Mode("RW"), Mode("JRWP")}, Mode("JRWPS"))) == "JRWPS/JRWP");
  CHECK(TextOf(ModesOfReturning({Mode("N"), Mode("JR")}, Mode("N"))) == "JR/JR");
  CHECK(TextOf(ModesOfReturning({Mode("J"), Mode("JRWP")}, Mode("JRWPS"))) == "J/JRWP");
  CHECK(TextOf(ModesOfReturning({Mode("JRW"), Mode("N")}, Mode("JRWPS"))) == "JRW/N");
}

TEST_CASE("a reader of a channel always joins and reads, and does nothing else", "[access_rules]") {
  CHECK(BoundReader(Mode("N")).ToString() == "JR");
  CHECK(BoundReader(Mode("P")).ToString() == "JRP");
  CHECK(BoundReader(Mode("JRWPASDO")).ToString() == "JRP");
}

TEST_CASE("sys grants its rights to root alone", "[access_rules]") {
  using model::AuthLevel;
  const model::DefaultAccess none;
  CHECK(DefaultFor(TopicKind::kSys, none, AuthLevel::kRoot, model::access::kP2p).ToString() ==
        "JRWPD");
  CHECK(DefaultFor(TopicKind::kSys, none, AuthLevel::kAuth, model::access::kP2p) ==
        AccessMode::None());
  CHECK(DefaultFor(TopicKind::kSys, none, AuthLevel::kAnon, model::access::kP2p) ==
        AccessMode::None());
}

TEST_CASE("only what is wanted and given holds", "[access_rules]") {
  CHECK(Modes{Mode("JRWPA"), Mode("JRWPS")}.effective().ToString() == "JRWP");
  CHECK(Modes{Mode("JR"), AccessMode::Unset()}.effective() == AccessMode::None());
}

}  // namespace
}  // namespace molva::topic
