// The cache of identities: the most recently used stay.
#include "federation/discovery/identity_cache.h"

#include "tests/support/catch.h"

namespace molva::federation {
namespace {

PeerIdentity Named(std::string domain) {
  PeerIdentity identity;
  identity.domain = std::move(domain);
  return identity;
}

TEST_CASE("beyond its capacity the cache forgets what was unused for longest", "[federation]") {
  IdentityCache cache(2);
  cache.Put(Named("a"));
  cache.Put(Named("b"));
  REQUIRE(cache.Find("a") != nullptr);
  cache.Put(Named("c"));
  CHECK(cache.size() == 2);
  CHECK(cache.Peek("a") != nullptr);
  CHECK(cache.Peek("b") == nullptr);
  CHECK(cache.Peek("c") != nullptr);
}

TEST_CASE("failures count towards the capacity, end, and keep what was known", "[federation]") {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  IdentityCache cache(2);
  cache.Put(Named("a"));
  cache.PutFailure("a", absl::NotFoundError("gone"), now);
  CHECK(cache.Find("a") != nullptr);
  CHECK(absl::IsNotFound(cache.FailureAt("a", now - absl::Seconds(1))));
  CHECK(cache.FailureAt("a", now).ok());
  for (int i = 0; i < 100; ++i) {
    cache.PutFailure(std::to_string(i), absl::NotFoundError("none"), now);
  }
  CHECK(cache.size() == 2);
  CHECK(cache.Find("99") == nullptr);
  cache.Erase("99");
  cache.Erase("99");
  CHECK(cache.size() == 1);
}

}  // namespace
}  // namespace molva::federation
