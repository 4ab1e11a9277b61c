// Key documents: what is read, what is refused, and what may take the place of what.
#include "federation/identity/key_document.h"

#include <fmt/core.h>

#include "base/strings.h"
#include "tests/support/catch.h"

namespace molva::federation {
namespace {

using Catch::Matchers::Contains;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

ServerKey NewKey() {
  base::SystemRandom random;
  return ServerKey::Generate(random);
}

KeyDocument Statement(const std::vector<ServerKey>& keys) {
  KeyDocument document;
  document.domain = "a.example";
  document.endpoints = {"chat.a.example:16061", "[2001:db8::1]:16061"};
  document.software = "molva";
  document.contact = "mailto:admin@a.example";
  for (const ServerKey& key : keys) document.keys.push_back({key.public_key(), kNow});
  return document;
}

SignedKeyDocument Signed(const KeyDocument& document, const std::vector<ServerKey>& signers) {
  absl::StatusOr<SignedKeyDocument> made = SignedKeyDocument::Make(document, signers);
  REQUIRE(made.ok());
  return *std::move(made);
}

std::string Envelope(const std::string& document) {
  return fmt::format(R"({{"document":"{}","signatures":[]}})", base::EncodeBase64(document));
}

TEST_CASE("a document says again what was signed", "[federation]") {
  const ServerKey key = NewKey();
  KeyDocument statement = Statement({key});
  statement.keys[0].not_after = kNow + absl::Hours(1);
  const SignedKeyDocument made = Signed(statement, {key});
  const absl::StatusOr<SignedKeyDocument> read = SignedKeyDocument::Parse(made.text());
  REQUIRE(read.ok());
  CHECK(read->content().domain == statement.domain);
  CHECK(read->content().number == 1);
  CHECK(read->content().keys == statement.keys);
  CHECK(read->content().endpoints == statement.endpoints);
  CHECK(read->content().software == statement.software);
  CHECK(read->content().contact == statement.contact);
  CHECK(read->text() == made.text());
  CHECK(read->Verify(kNow).ok());
}

TEST_CASE("every key that is valid must have signed", "[federation]") {
  const ServerKey one = NewKey();
  const ServerKey two = NewKey();
  CHECK(Signed(Statement({one, two}), {one, two}).Verify(kNow).ok());
  const absl::Status status = Signed(Statement({one, two}), {one}).Verify(kNow);
  CHECK(absl::IsPermissionDenied(status));
  CHECK_THAT(std::string(status.message()), Contains(two.public_key().ToString()));
}

TEST_CASE("a key whose time is over need not sign, but some key must be good", "[federation]") {
  const ServerKey old = NewKey();
  const ServerKey current = NewKey();
  KeyDocument statement = Statement({old, current});
  statement.keys[0].not_before = kNow - absl::Hours(48);
  statement.keys[0].not_after = kNow - absl::Hours(1);
  const SignedKeyDocument document = Signed(statement, {current});
  CHECK(document.Verify(kNow).ok());
  statement.keys.pop_back();
  CHECK(absl::IsPermissionDenied(Signed(statement, {old}).Verify(kNow)));
}

TEST_CASE("a document of a clock that runs minutes ahead is good, of one hours ahead is not",
          "[federation]") {
  const ServerKey key = NewKey();
  const SignedKeyDocument document = Signed(Statement({key}), {key});
  CHECK(document.Verify(kNow - absl::Minutes(9)).ok());
  CHECK_FALSE(document.Verify(kNow - absl::Hours(1)).ok());
}

TEST_CASE("a document whose bytes were changed is not signed", "[federation]") {
  const ServerKey key = NewKey();
  const std::string text = Signed(Statement({key}), {key}).text();
  const std::size_t begin = text.find(':') + 2;
  const std::size_t end = text.find('"', begin);
  std::string bytes = *base::DecodeBase64(text.substr(begin, end - begin));
  bytes.replace(bytes.find("chat.a.example"), 14, "evil.b.example");
  const std::string changed = text.substr(0, begin) + base::EncodeBase64(bytes) + text.substr(end);
  const absl::StatusOr<SignedKeyDocument> read = SignedKeyDocument::Parse(changed);
  REQUIRE(read.ok());
  CHECK(absl::IsPermissionDenied(read->Verify(kNow)));
}

TEST_CASE("a signature over the bare bytes does not count", "[federation]") {
  const ServerKey key = NewKey();
  const std::string bytes = fmt::format(
      R"({{"version":1,"domain":"a.example","number":1,"keys":[{{"key":"{}","not_before":0}}]}})",
      key.public_key().ToString());
  const std::string text = fmt::format(
      R"({{"document":"{}","signatures":[{{"key_id":"{}","signature":"{}"}}]}})",
      base::EncodeBase64(bytes), key.id().ToString(), base::EncodeBase64(key.Sign(bytes)));
  const absl::StatusOr<SignedKeyDocument> read = SignedKeyDocument::Parse(text);
  REQUIRE(read.ok());
  CHECK_FALSE(read->Verify(kNow).ok());
}

SCENARIO("a document takes the place of an older one only if an older key has signed it",
         "[federation]") {
  GIVEN("a document with one key") {
    const ServerKey old = NewKey();
    const ServerKey fresh = NewKey();
    const SignedKeyDocument first = Signed(Statement({old}), {old});
    KeyDocument next = Statement({old, fresh});
    next.number = 2;
    next.former_hash = first.Hash();
    WHEN("the next one is signed by old and new") {
      THEN("it follows") { CHECK(Signed(next, {old, fresh}).CheckFollows(first, kNow).ok()); }
    }
    WHEN("the next one has only the new key and the right hash") {
      next.keys.erase(next.keys.begin());
      const SignedKeyDocument second = Signed(next, {fresh});
      REQUIRE(second.Verify(kNow).ok());
      THEN("it does not: the hash is known to everybody") {
        CHECK(absl::IsPermissionDenied(second.CheckFollows(first, kNow)));
      }
    }
    WHEN("the old key signs, but the number is not higher") {
      next.number = 1;
      THEN("it does not") {
        CHECK_FALSE(Signed(next, {old, fresh}).CheckFollows(first, kNow).ok());
      }
    }
    WHEN("it names another document as the one before") {
      next.former_hash = std::string(32, 'x');
      THEN("it does not") {
        CHECK_FALSE(Signed(next, {old, fresh}).CheckFollows(first, kNow).ok());
      }
    }
    WHEN("some documents between were missed") {
      next.number = 5;
      next.former_hash = std::string(32, 'x');
      THEN("the signature decides") {
        CHECK(Signed(next, {old, fresh}).CheckFollows(first, kNow).ok());
      }
    }
    WHEN("it is of another domain") {
      next.domain = "b.example";
      THEN("it does not") {
        CHECK_FALSE(Signed(next, {old, fresh}).CheckFollows(first, kNow).ok());
      }
    }
  }
  GIVEN("a document whose key has run out since") {
    const ServerKey old = NewKey();
    const ServerKey fresh = NewKey();
    KeyDocument statement = Statement({old});
    statement.keys[0].not_after = kNow + absl::Hours(1);
    const SignedKeyDocument first = Signed(statement, {old});
    KeyDocument next = Statement({fresh});
    next.number = 2;
    next.former_hash = first.Hash();
    const SignedKeyDocument second = Signed(next, {old, fresh});
    THEN("its signature counts until then") {
      CHECK(second.CheckFollows(first, kNow).ok());
      CHECK_FALSE(second.CheckFollows(first, kNow + absl::Hours(2)).ok());
    }
  }
}

TEST_CASE("what breaks the rules of a document is refused and named", "[federation]") {
  const std::string key = NewKey().public_key().ToString();
  const auto with = [&](const std::string& members) {
    return Envelope(fmt::format(
        R"({{"version":1,"domain":"a.example","number":1,"keys":[{{"key":"{}","not_before":1}}]{}}})",
        key, members));
  };
  std::string keys;
  for (std::size_t i = 0; i <= KeyDocument::kMaxKeys; ++i) {
    keys += fmt::format(R"({}{{"key":"{}","not_before":1}})", keys.empty() ? "" : ",",
                        NewKey().public_key().ToString());
  }
  std::string endpoints;
  for (std::size_t i = 0; i <= KeyDocument::kMaxEndpoints; ++i) {
    endpoints += fmt::format(R"({}"a.example:{}")", i == 0 ? "" : ",", i + 1);
  }
  REQUIRE(SignedKeyDocument::Parse(with("")).ok());
  REQUIRE(SignedKeyDocument::Parse(with(R"(,"of_a_later_version":{"x":[1]})")).ok());

  const std::pair<std::string, std::string> cases[] = {
      {"", "envelope"},
      {"[]", "envelope"},
      {R"({"signatures":[]})", "document"},
      {R"({"document":"!","signatures":[]})", "document"},
      {R"({"document":"","signatures":[]})", "document"},
      {R"({"document":"e30="})", "signatures"},
      {R"({"document":"e30=","signatures":[{"key_id":"x","signature":""}]})", "key id"},
      {std::string(SignedKeyDocument::kMaxTextBytes + 1, ' '), "bytes"},
      {Envelope("{}"), "version"},
      {Envelope(R"({"version":2})"), "version"},
      {Envelope(R"({"version":1,"domain":"A.example"})"), "domain"},
      {Envelope(R"({"version":1,"domain":"a.example","number":0})"), "number"},
      {Envelope(R"({"version":1,"domain":"a.example","number":1.5})"), "number"},
      {Envelope(R"({"version":1,"domain":"a.example","number":1,"keys":[]})"), "keys"},
      {Envelope(R"({"version":1,"domain":"a.example","number":1,"keys":[)" + keys + "]}"), "keys"},
      {Envelope(fmt::format(
           R"({{"version":1,"domain":"a.example","number":1,"keys":[{{"key":"{0}","not_before":1}},{{"key":"{0}","not_before":1}}]}})",
           key)),
       "twice"},
      {Envelope(fmt::format(
           R"({{"version":1,"domain":"a.example","number":1,"keys":[{{"key":"{}","not_before":9,"not_after":8}}]}})",
           key)),
       "not_after"},
      {with(R"(,"endpoints":["a.example"])"), "endpoint"},
      {with(R"(,"endpoints":["a.example:0"])"), "endpoint"},
      {with(R"(,"endpoints":[)" + endpoints + "]"), "endpoints"},
      {with(R"(,"software":"\u001b[2J")"), "software"},
      {with(fmt::format(R"(,"contact":"{}")", std::string(257, 'x'))), "contact"},
      {with(R"(,"former":"AAAA")"), "former"},
      {Envelope(std::string(100, '[') + std::string(100, ']')), "document"},
  };
  for (const auto& [text, named] : cases) {
    INFO(text.substr(0, 200));
    const absl::Status status = SignedKeyDocument::Parse(text).status();
    CHECK(absl::IsInvalidArgument(status));
    CHECK_THAT(std::string(status.message()), Contains(named));
  }
}

}  // namespace
}  // namespace molva::federation
