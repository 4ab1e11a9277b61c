// Which API keys the node takes.
#include "app/api_keys.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "config/load.h"
#include "tests/support/catch.h"

namespace molva::app {
namespace {

constexpr std::string_view kStockKey = "AQEAAAABAAD_rAp4DJh05a1HAwFT3A6K";

ApiKeys MakeKeys(std::vector<config::Override> overrides) {
  config::Sources sources;
  sources.overrides = std::move(overrides);
  const config::Loaded loaded = config::Load(config::NodeSettings(), sources);
  REQUIRE(loaded.problems.empty());
  const absl::StatusOr<ApiKeys> keys = ApiKeys::FromConfig(loaded.config);
  REQUIRE(keys.ok());
  return *keys;
}

// A key as an operator's generator makes it.
std::string MakeKey(const std::string& salt) {
  std::string bytes("\x01\0\0\0\0\x07\0\0", 8);
  unsigned char signature[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_md5(), salt.data(), static_cast<int>(salt.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), signature, &size);
  bytes.append(reinterpret_cast<const char*>(signature), size);
  std::string key = base::EncodeBase64(bytes);
  std::replace(key.begin(), key.end(), '+', '-');
  std::replace(key.begin(), key.end(), '/', '_');
  return key;
}

TEST_CASE("the key of the stock clients is taken by default, and no other", "[app]") {
  const ApiKeys keys = MakeKeys({});
  CHECK(keys.IsGood(kStockKey));
  CHECK_FALSE(keys.IsGood(""));
  CHECK_FALSE(keys.IsGood(kStockKey.substr(1)));
  CHECK_FALSE(keys.IsGood("AQEAAAABAAD_rAp4DJh05a1HAwFT3A6L"));
}

TEST_CASE("keys made with the node's own salt are taken", "[app]") {
  const std::string salt(32, 's');
  const ApiKeys keys = MakeKeys({{"api_key.salt", base::EncodeBase64(salt)}});
  CHECK(keys.IsGood(MakeKey(salt)));
  CHECK_FALSE(keys.IsGood(MakeKey("another salt")));
  CHECK_FALSE(keys.IsGood(MakeKey(salt) + "AAAA"));
  CHECK_FALSE(keys.IsGood("not base64 at all ~~~~~~~~~~~~~~~"));
}

TEST_CASE("the stock key can be taken out", "[app]") {
  CHECK_FALSE(MakeKeys({{"api_key.accept", ""}}).IsGood(kStockKey));
}

TEST_CASE("without a demand for keys every key is good", "[app]") {
  CHECK(MakeKeys({{"api_key.required", "false"}}).IsGood(""));
}

TEST_CASE("a salt that is not base64 is refused", "[app]") {
  config::Config config(config::NodeSettings());
  config.Set("api_key.salt", std::string("~~~~~~~~~~~~~~~~~~~~"), config::Origin::kFile);
  CHECK(absl::IsInvalidArgument(ApiKeys::FromConfig(config).status()));
}

}  // namespace
}  // namespace molva::app
