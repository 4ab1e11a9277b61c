// Which texts are domain names.
#include "names/domain.h"

#include "tests/support/catch.h"

namespace molva::names {
namespace {

TEST_CASE("a domain name is taken in its one spelling", "[domain]") {
  const std::pair<std::string, std::string> table[] = {
      {"example.org", "example.org"},
      {"Example.ORG", "example.org"},
      {"localhost", "localhost"},
      {"a", "a"},
      {"xn--e1afmkfd.xn--p1ai", "xn--e1afmkfd.xn--p1ai"},
      {"3com.com", "3com.com"},
      {"a-b.c-d", "a-b.c-d"},
      {"1.2.3.4.example", "1.2.3.4.example"},
      {"0xyz", "0xyz"},
      {std::string(63, 'a') + ".b", std::string(63, 'a') + ".b"},
  };
  for (const auto& [text, domain] : table) {
    CAPTURE(text);
    CHECK(NormaliseDomain(text) == domain);
  }
}

TEST_CASE("addresses, ports and what is no name are no domains", "[domain]") {
  for (const std::string& text : std::vector<std::string>{"",
                                                          ".",
                                                          "a.",
                                                          ".a",
                                                          "a..b",
                                                          "-a.b",
                                                          "a-.b",
                                                          "a_b.c",
                                                          "a b",
                                                          "a/b",
                                                          "a:80",
                                                          "a.b:16061",
                                                          "127.0.0.1",
                                                          "1",
                                                          "example.1",
                                                          "0x7f000001",
                                                          "0x7f.0x1",
                                                          "a.0x",
                                                          "[::1]",
                                                          "::1",
                                                          "a@b",
                                                          "пример.рф",
                                                          std::string("a\0b", 3),
                                                          "a\n",
                                                          std::string(64, 'a') + ".b"}) {
    CAPTURE(text);
    CHECK(NormaliseDomain(text) == std::nullopt);
  }
}

TEST_CASE("a domain has at most 253 bytes", "[domain]") {
  std::string text;
  while (text.size() < 252) text += "a.";
  text += 'b';
  REQUIRE(text.size() == 253);
  CHECK(NormaliseDomain(text) == text);
  CHECK(NormaliseDomain("c" + text) == std::nullopt);
}

}  // namespace
}  // namespace molva::names
