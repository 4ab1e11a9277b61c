// Files of a web application.
#include "transport/http/static_files.h"

#include <filesystem>
#include <fstream>

#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::transport {
namespace {

namespace fs = std::filesystem;

class Site {
 public:
  Site() {
    Write("index.html", "<p>start</p>");
    Write("app.JS", "run()");
    Write("sub/index.html", "<p>sub</p>");
    Write("sub/a b.png", "png");
    Write("other", "bytes");
    Write(".secret", "hidden");
    Write(".git/config", "hidden");
    Write("sub/.htaccess", "hidden");
    fs::create_symlink("/etc/hostname", folder_ / "link.txt");
    fs::create_directory_symlink("/etc", folder_ / "etc");
  }
  fs::path path() const { return folder_ / "."; }
  void Write(const std::string& name, const std::string& content) {
    fs::create_directories(fs::path(folder_ / name).parent_path());
    std::ofstream(folder_ / name) << content;
  }
  std::shared_ptr<const StaticFiles> Load() const {
    auto loaded = StaticFiles::Load(folder_ / "", 1 << 20);
    REQUIRE(loaded.ok());
    return *std::move(loaded);
  }

 private:
  test::TemporaryFolder folder_;
};

HttpResponse Get(const StaticFiles& files, const std::string& path, const std::string& tag = "") {
  HttpRequest request;
  request.method = "GET";
  request.path = path;
  if (!tag.empty()) request.headers = {{"if-none-match", tag}};
  return files.Answer(request);
}

std::string HeaderOf(const HttpResponse& response, std::string_view name) {
  for (const HttpHeader& header : response.headers) {
    if (header.first == name) return header.second;
  }
  return "none";
}

TEST_CASE("files are served with their types, directories by their index", "[http]") {
  const Site site;
  const auto files = site.Load();
  CHECK(Get(*files, "/").body == "<p>start</p>");
  CHECK(Get(*files, "/index.html").content_type == "text/html; charset=utf-8");
  CHECK(Get(*files, "/app.JS").content_type == "text/javascript; charset=utf-8");
  CHECK(Get(*files, "/sub/").body == "<p>sub</p>");
  CHECK(Get(*files, "/sub/a%20b.png").content_type == "image/png");
  CHECK(Get(*files, "/other").content_type == "application/octet-stream");
  CHECK(HeaderOf(Get(*files, "/"), "X-Frame-Options") == "SAMEORIGIN");
  const HttpResponse elsewhere = Get(*files, "/sub");
  CHECK(elsewhere.status == 301);
  CHECK(HeaderOf(elsewhere, "Location") == "/sub/");
}

TEST_CASE("nothing outside of the folder and nothing hidden is served", "[http]") {
  const Site site;
  const auto files = site.Load();
  CHECK(files->size() == 7);  // five files, two of them as directories too
  for (const std::string path :
       {"/.secret", "/.git/config", "/sub/.htaccess", "/link.txt", "/etc/hostname",
        "/../index.html", "/%2e%2e/index.html", "/sub/../index.html", "//index.html", "/nothing",
        "/index.html%00", "*"}) {
    INFO(path);
    CHECK(Get(*files, path).status == 404);
  }
}

TEST_CASE("what the client has already is not sent again", "[http]") {
  Site site;
  const auto files = site.Load();
  const std::string tag = HeaderOf(Get(*files, "/"), "ETag");
  for (const std::string& tags : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    const HttpResponse response = Get(*files, "/", tags);
    CHECK(response.status == 304);
    CHECK(response.body.empty());
    CHECK(HeaderOf(response, "ETag") == tag);
  }
  CHECK(Get(*files, "/", "\"x\"").status == 200);
  site.Write("index.html", "<p>changed</p>");
  CHECK(Get(*site.Load(), "/", tag).status == 200);
  CHECK(Get(*files, "/").body == "<p>start</p>");  // read at the start
}

TEST_CASE("a folder that cannot be served is refused", "[http]") {
  const Site site;
  CHECK_FALSE(StaticFiles::Load((site.path() / "nowhere").string(), 1 << 20).ok());
  CHECK_FALSE(StaticFiles::Load((site.path() / "other").string(), 1 << 20).ok());
  const auto over = StaticFiles::Load(site.path().string(), 10);
  CHECK(over.status().code() == absl::StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace molva::transport
