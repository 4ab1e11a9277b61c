#include "model/file_id.h"

#include "tests/support/catch.h"

namespace molva::model {
namespace {

constexpr std::string_view kText = "AQAAAAAAAAA";  // 1

TEST_CASE("a file is named by its URL, with or without place, ending and query") {
  for (const std::string& url :
       {std::string(kText), "/v0/file/s/" + std::string(kText),
        "/v0/file/s/" + std::string(kText) + ".png", std::string(kText) + ".tar.gz?asatt=1",
        std::string(kText) + "#x"}) {
    INFO(url);
    CHECK(FileIdOfUrl(url) == FileId::FromBits(1));
  }
  for (const std::string_view url :
       {"", "AQAAAAAAAA", "AQAAAAAAAAAA", "AAAAAAAAAAA", "AQAAAAAAA A", "/v0/file/s/",
        "https://a.example/v0/file/s/AQAAAAAAAAA", "/v0/file/u/AQAAAAAAAAA",
        "/v0/file/s/x/AQAAAAAAAAA", "AQAAAAAAAAA/x", "AQAAAAAAAAA.x/y"}) {
    INFO(url);
    CHECK_FALSE(FileIdOfUrl(url).has_value());
  }
}

TEST_CASE("attachments that name no file of this server are passed over, and many are too many") {
  CHECK(FilesOf({"https://a.example/x", std::string(kText), "x"}) ==
        std::vector<FileId>{FileId::FromBits(1)});
  CHECK(FilesOf(std::vector<std::string>(1000, std::string(kText))).size() == 64);
}

}  // namespace
}  // namespace molva::model
