// What auth_ldap decides without a directory; what one says is in tests/cli.
#include <string>

#include "auth/scheme.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "plugins/auth_ldap/filter.h"
#include "tests/support/catch.h"

namespace molva::test {
namespace {

using auth::Purpose;
using model::Fault;
using plugin::AuthPlugin;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);

absl::StatusOr<std::unique_ptr<AuthPlugin>> TryOpen(const std::string& members) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "ldap"), MOLVA_KIND_AUTH);
  REQUIRE(library.ok());
  return AuthPlugin::Open(*library, "{" + members + "}");
}

// Nobody listens there: whatever is asked of the directory is answered kServiceUnavailable.
const std::string kNowhere = R"("url":"ldap://127.0.0.1:1","base":"dc=x","timeout_seconds":1)";

TEST_CASE("what is typed means nothing but itself in a filter") {
  using auth_ldap::EscapeFilter;
  CHECK(EscapeFilter("ann.b-c@x+1_") == "ann.b-c@x+1_");
  CHECK(EscapeFilter("*") == "\\2a");
  CHECK(EscapeFilter("ann)(uid=*") == "ann\\29\\28uid=\\2a");
  CHECK(EscapeFilter("a\\b") == "a\\5cb");
  CHECK(EscapeFilter(std::string("a\0b", 3)) == "a\\00b");
  CHECK(EscapeFilter("\xc3\xa9\x7f") == "\\c3\\a9\\7f");
  CHECK(EscapeFilter("").empty());
}

TEST_CASE("a directory is not asked about an empty password, nor about what is no login") {
  const auto opened = TryOpen(kNowhere);
  INFO(opened.status().message());
  REQUIRE(opened.ok());
  const AuthPlugin& ldap = **opened;
  const auto fault_of = [&ldap](const std::string& secret) {
    const auto unique = ldap.Parse(Purpose::kLogin, secret);
    const Fault parsed = model::FaultOf(unique.status());
    const Fault verified = model::FaultOf(ldap.Verify(secret, nullptr, kNow).status());
    if (parsed != Fault::kOk) CHECK(parsed == verified);
    return verified;
  };
  CHECK(fault_of("ann:word") == Fault::kServiceUnavailable);
  CHECK(*ldap.Parse(Purpose::kLogin, "Ann:word") == "ann");
  CHECK(fault_of("ann:") == Fault::kAuthenticationFailed);
  CHECK(fault_of(std::string("ann:\0", 5)) == Fault::kAuthenticationFailed);
  CHECK(fault_of(":word") == Fault::kAuthenticationFailed);
  CHECK(fault_of("*:word") == Fault::kAuthenticationFailed);
  CHECK(fault_of("ann)(uid=*:word") == Fault::kAuthenticationFailed);
  CHECK(fault_of("ann b:word") == Fault::kAuthenticationFailed);
  CHECK(fault_of(std::string(65, 'a') + ":word") == Fault::kAuthenticationFailed);
  CHECK(fault_of("ann:" + std::string(1025, 'a')) == Fault::kAuthenticationFailed);
  CHECK(fault_of("ann") == Fault::kMalformed);
  for (const Purpose purpose : {Purpose::kCreate, Purpose::kChange}) {
    CHECK(model::FaultOf(ldap.Parse(purpose, "ann:word").status()) == Fault::kNotImplemented);
  }
}

TEST_CASE("settings that would ask the wrong directory, or in the wrong way, are refused") {
  const std::string base = R"J("base":"dc=x",)J";
  const struct {
    std::string members;
    bool is_good;
  } cases[] = {
      {kNowhere, true},
      {base + R"J("url":"ldaps://127.0.0.1:1")J", true},
      {base + R"J("url":"ldap://127.0.0.1:1","security":"none")J", true},
      {base + R"J("url":"ldap://127.0.0.1:1","tags":["corp:mail"],"filter":"(a=b)")J", true},
      {base + R"J("url":"http://127.0.0.1:1")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1 ldap://127.0.0.2:1")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1/dc=y?uid")J", false},
      {base + R"J("url":"ldaps://127.0.0.1:1","security":"none")J", false},
      {base + R"J("url":"ldaps://127.0.0.1:1","security":"starttls")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","security":"tls")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","security":"some")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","attribute":"uid)(a=*")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","name_attribute":"c n")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","filter":"a=b")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","bind_dn":"cn=node")J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","tags":["mail"])J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","tags":["corp:m(l"])J", false},
      {base + R"J("url":"ldap://127.0.0.1:1","colour":"red")J", false},
      {R"J("url":"ldap://127.0.0.1:1")J", false},
      {base + R"J("attribute":"uid")J", false},
  };
  for (const auto& one : cases) {
    INFO(one.members);
    CHECK(TryOpen(one.members).ok() == one.is_good);
  }
}

}  // namespace
}  // namespace molva::test
