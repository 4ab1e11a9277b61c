#include "store/login_record.h"

#include "tests/support/catch.h"

namespace molva::store {
namespace {

constexpr auto kAnn = model::UserId::FromBits(0x1122334455667788);
const absl::Time kNow = absl::FromUnixMillis(1'800'000'000'123);

LoginRecord Sample() {
  return {.id = 0xfedcba9876543210,
          .created = kNow,
          .seen = kNow + absl::Hours(1),
          .expires = kNow + absl::Hours(336),
          .user_agent = "Web/1 (Linux)",
          .platform = "web",
          .device_id = "d-1"};
}

TEST_CASE("a login comes back from its key and value", "[login_record]") {
  const LoginRecord login = Sample();
  const auto read = ReadLogin(LoginKey(kAnn, login.id), LoginValue(login));
  REQUIRE(read.has_value());
  CHECK(read->id == login.id);
  CHECK(read->created == login.created);
  CHECK(read->seen == login.seen);
  CHECK(read->expires == login.expires);
  CHECK(read->user_agent == login.user_agent);
  CHECK(read->platform == login.platform);
  CHECK(read->device_id == login.device_id);
}

TEST_CASE("a key says whose login it is and which", "[login_record]") {
  CHECK(LoginKey(kAnn, 1) == LoginPrefix(kAnn) + LoginText(1));
  CHECK(LoginText(1).size() == 11);
  CHECK_FALSE(LoginPrefix(model::UserId::FromBits(1)) == LoginPrefix(kAnn));
}

TEST_CASE("what clients write into their names does no harm", "[login_record]") {
  LoginRecord login = Sample();
  login.user_agent = "two\nlines\t\r";
  login.platform = std::string(600, 'x');
  login.device_id = std::string(511, 'y') + "\xc3\xa9";  // cut within the last character
  const auto read = ReadLogin(LoginKey(kAnn, login.id), LoginValue(login));
  REQUIRE(read.has_value());
  CHECK(read->user_agent == "two lines  ");
  CHECK(read->platform == std::string(512, 'x'));
  CHECK(read->device_id == std::string(511, 'y'));
}

TEST_CASE("what is no login is not read as one", "[login_record]") {
  const std::string key = LoginKey(kAnn, 7);
  const std::string value = LoginValue(Sample());
  CHECK_FALSE(ReadLogin("login", value).has_value());
  CHECK_FALSE(ReadLogin(LoginKey(kAnn, 0), value).has_value());
  CHECK_FALSE(ReadLogin(key + "x", value).has_value());
  CHECK_FALSE(ReadLogin(key, "").has_value());
  CHECK_FALSE(ReadLogin(key, "1 2\na\nb\nc").has_value());
  CHECK_FALSE(ReadLogin(key, "1 2 x\na\nb\nc").has_value());
  CHECK_FALSE(ReadLogin(key, "1 2 3\na\nb").has_value());
  CHECK(ReadLogin(key, "1 2 3\n\n\n").has_value());
}

}  // namespace
}  // namespace molva::store
