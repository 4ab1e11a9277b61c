// The sum over the records of a store.
#include "backup/record_digest.h"

#include "tests/support/catch.h"

namespace molva::backup {
namespace {

RecordDigest Sum(std::initializer_list<std::string_view> records) {
  RecordDigest digest;
  for (const std::string_view record : records) digest.Add(record);
  return digest;
}

TEST_CASE("the order of records makes no difference, their number and bytes do", "[backup]") {
  CHECK(Sum({"one", "two"}) == Sum({"two", "one"}));
  CHECK(Sum({"one", "two"}).ToText() == Sum({"two", "one"}).ToText());
  CHECK(Sum({"one", "two"}) != Sum({"onet", "wo"}));
  CHECK(Sum({"one", "one"}) != Sum({"one"}));
  CHECK(Sum({"one", "two", "two"}) != Sum({"one", "one", "two"}));
  CHECK(Sum({}).ToText() == std::string(64, '0'));
}

}  // namespace
}  // namespace molva::backup
