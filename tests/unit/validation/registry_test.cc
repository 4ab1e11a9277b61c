#include "tests/support/catch.h"
#include "tests/support/mailbox.h"

namespace molva::validation {
namespace {

std::unique_ptr<Validator> MakeValidator(const std::string& method) {
  return std::make_unique<test::MailboxValidator>(method, std::make_shared<test::Mailbox>());
}

}  // namespace

SCENARIO("a method that nobody needs is off, but its tags stay reserved", "[validation]") {
  ValidatorRegistry registry;
  Rules needed;
  needed.required_for = {model::AuthLevel::kAuth};
  REQUIRE(registry.Add(MakeValidator("tel"), needed).ok());
  REQUIRE(registry.Add(MakeValidator("fax"), {}).ok());
  REQUIRE(registry.Add(MakeValidator("email"), needed).ok());
  CHECK(absl::IsAlreadyExists(registry.Add(MakeValidator("fax"), needed)));
  CHECK(registry.Find("fax") == nullptr);
  CHECK(registry.Find("pigeon") == nullptr);
  CHECK(registry.Find("tel") != nullptr);
  CHECK(registry.Required(model::AuthLevel::kAuth) == std::vector<std::string>{"email", "tel"});
  CHECK(registry.Required(model::AuthLevel::kAnon).empty());
  CHECK(registry.ReservedTagNamespaces().size() == 3);
}

}  // namespace molva::validation
