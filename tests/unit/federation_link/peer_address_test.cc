#include "federation/link/peer_address.h"

#include "tests/support/catch.h"

namespace molva::federation {
namespace {

TEST_CASE("connections are counted by address, of IPv6 by network", "[link]") {
  CHECK(NetworkOf("ipv4:192.0.2.1:5000") == "192.0.2.1");
  CHECK(NetworkOf("ipv6:%5B2001:db8::1%5D:5000") == "2001:db8::");
  CHECK(NetworkOf("ipv6:[2001:db8::1]:5000") == "2001:db8::");
  CHECK(NetworkOf("ipv6:%5B2001:db8:0:0:ffff::2%5D:7") == "2001:db8::");
  CHECK(NetworkOf("ipv6:%5B2001:db8:0:1::1%5D:5000") == "2001:db8:0:1::");
  CHECK(NetworkOf("ipv6:%5B::ffff:192.0.2.1%5D:5000") == "192.0.2.1");
  CHECK(NetworkOf("unix:") == "unix:");
  CHECK(NetworkOf("") == "");
}

}  // namespace
}  // namespace molva::federation
