// Credentials: what goes in comes out, and one that is done has one owner.
#include "tests/contract/store/harness.h"

namespace molva::test {
namespace {

using namespace store;  // the changes, named in every line

CredentialRecord MakeCredential(model::UserId user, std::string method, std::string value) {
  CredentialRecord credential;
  credential.user = user;
  credential.method = std::move(method);
  credential.value = std::move(value);
  credential.response = "123456";
  credential.retries = 2;
  credential.created = At(10);
  credential.updated = At(11);
  return credential;
}

CredentialRecord Done(CredentialRecord credential) {
  credential.is_done = true;
  credential.response.clear();
  return credential;
}

std::vector<CredentialRecord> Credentials(StoreHarness& h, model::UserId user) {
  return h.MustAsk<std::vector<CredentialRecord>>(
      [user](Store& store, auto done) { store.ListCredentials(user, std::move(done)); });
}

std::optional<CredentialRecord> Owner(StoreHarness& h, std::string method, std::string value) {
  return h.MustAsk<std::optional<CredentialRecord>>(
      [=](Store& store, auto done) { store.FindCredential(method, value, std::move(done)); });
}

TEST_CASE("credentials come back as written, in their order, after a restart too") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const CredentialRecord mail = MakeCredential(kBob, "email", "bob@b.example");
  h.MustWrite({PutCredential{MakeCredential(kBob, "tel", "+15550001")},
               PutCredential{mail, Expect::kAbsent},
               PutCredential{MakeCredential(kAnn, "email", "bob@b.example")}});
  h.Reopen();
  const auto found = Credentials(h, kBob);
  REQUIRE(found.size() == 2);
  CHECK(found[0].user == kBob);
  CHECK(found[0].method == "email");
  CHECK(found[0].value == "bob@b.example");
  CHECK_FALSE(found[0].is_done);
  CHECK(found[0].response == "123456");
  CHECK(found[0].retries == 2);
  CHECK(found[0].created == At(10));
  CHECK(found[0].updated == At(11));
  CHECK(found[1].method == "tel");
  CHECK(Credentials(h, kCid).empty());
}

TEST_CASE("a credential that is done has one owner") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const CredentialRecord anns = MakeCredential(kAnn, "email", "a@b.example");
  const CredentialRecord bobs = MakeCredential(kBob, "email", "a@b.example");
  h.MustWrite({PutCredential{anns}, PutCredential{bobs}});
  CHECK_FALSE(Owner(h, "email", "a@b.example").has_value());
  h.MustWrite({PutCredential{Done(anns), Expect::kPresent}});
  CHECK(Owner(h, "email", "a@b.example")->user == kAnn);
  CHECK_FALSE(Owner(h, "tel", "a@b.example").has_value());
  CHECK(absl::IsAlreadyExists(
      h.Write({PutValue{"mark", "x"}, PutCredential{Done(bobs), Expect::kPresent}})));
  CHECK_FALSE(h.Value("mark").has_value());
  CHECK(Owner(h, "email", "a@b.example")->user == kAnn);
  h.MustWrite({PutCredential{Done(anns)}, PutCredential{bobs}});
  h.MustWrite({EraseCredential{kAnn, "email", "a@b.example"}, PutCredential{Done(bobs)}});
  CHECK(Owner(h, "email", "a@b.example")->user == kBob);
  CHECK(Credentials(h, kAnn).empty());
}

TEST_CASE("what a credential must be before holds the batch") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const CredentialRecord mail = MakeCredential(kAnn, "email", "a@b.example");
  CHECK(absl::IsNotFound(h.Write({PutCredential{mail, Expect::kPresent}})));
  h.MustWrite({PutCredential{mail, Expect::kAbsent}});
  CHECK(absl::IsAlreadyExists(h.Write({PutCredential{mail, Expect::kAbsent}})));
}

TEST_CASE("an erased user has no credentials, and they are free") {
  StoreHarness h(GENERATE(from_range(AllMakes())));
  const CredentialRecord anns = MakeCredential(kAnn, "email", "a@b.example");
  h.MustWrite({PutUser{MakeUser(kAnn)}, PutCredential{Done(anns)}});
  h.MustWrite({EraseUser{kAnn}});
  CHECK(Credentials(h, kAnn).empty());
  CHECK_FALSE(Owner(h, "email", "a@b.example").has_value());
  h.MustWrite({PutCredential{Done(MakeCredential(kBob, "email", "a@b.example"))}});
  CHECK(Owner(h, "email", "a@b.example")->user == kBob);
}

}  // namespace
}  // namespace molva::test
