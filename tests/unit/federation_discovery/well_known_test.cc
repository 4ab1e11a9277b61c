// The document over HTTPS, from a real server, with everything it may do wrong.
#include "federation/discovery/well_known.h"

#include <absl/time/clock.h>
#include <signal.h>

#include <fstream>

#include "runtime/mutex.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/federation_discovery/https_server.h"

namespace molva::federation {
namespace {

using Catch::Matchers::Contains;
using test::HttpAnswer;

// What a test tells the server's thread while it runs.
class Shared {
 public:
  void Set(std::string text) {
    const runtime::MutexLock lock(mutex_);
    text_ = std::move(text);
  }
  std::string Get() const {
    const runtime::MutexLock lock(mutex_);
    return text_;
  }

 private:
  mutable runtime::Mutex mutex_;
  std::string text_ ABSL_GUARDED_BY(mutex_);
};

// A server and what a node needs to believe it.
struct Site {
  explicit Site(test::HttpsServer::Page page, const std::string& name = "localhost")
      : server(std::move(page), name) {
    // A client that goes away while the answer is written must not end the test.
    ::signal(SIGPIPE, SIG_IGN);
    std::ofstream(folder / "ca.pem") << server.authority();
    options.addresses = AddressRule::kAnywhere;
    options.ca_file = folder / "ca.pem";
    options.port = static_cast<std::uint16_t>(server.port());
  }
  absl::StatusOr<SourceAnswer> Ask() const { return AskWellKnown(options, "localhost"); }
  std::string Place() const { return "https://localhost:" + std::to_string(server.port()); }

  test::TemporaryFolder folder;
  test::HttpsServer server;
  WellKnownOptions options;
};

TEST_CASE("the document is what stands at the well-known place", "[federation]") {
  const Site site([](const std::string& path) {
    return path == kWellKnownPath ? HttpAnswer("200 OK", "the document")
                                  : HttpAnswer("404 Not Found", "");
  });
  const auto answer = site.Ask();
  INFO(answer.status().ToString());
  REQUIRE(answer.ok());
  CHECK(answer->document == "the document");
  CHECK(answer->trust == Trust::kAuthenticated);
}

TEST_CASE("a private address is not connected to unless that is allowed", "[federation]") {
  Site site([](const std::string&) { return HttpAnswer("200 OK", "the document"); });
  site.options.addresses = AddressRule::kPublicOnly;
  CHECK(absl::IsPermissionDenied(site.Ask().status()));
  CHECK(site.server.connections() == 0);
}

TEST_CASE("a certificate must be of an authority that is believed, and for the name",
          "[federation]") {
  Site site([](const std::string&) { return HttpAnswer("200 OK", "the document"); });
  SECTION("the authorities of the system do not know it") {
    site.options.ca_file.clear();
    CHECK(absl::IsUnavailable(site.Ask().status()));
  }
  SECTION("another name") {
    const Site other([](const std::string&) { return HttpAnswer("200 OK", "the document"); },
                     "b.example");
    CHECK(absl::IsUnavailable(other.Ask().status()));
  }
}

TEST_CASE("redirects are followed on the same host, twice at most", "[federation]") {
  Shared place;
  const Site site([&place](const std::string& path) {
    const auto to = [](const std::string& url) {
      return HttpAnswer("302 Found", "", "Location: " + url + "\r\n");
    };
    if (path == kWellKnownPath) return to(place.Get());
    if (path == "/one") return to("/two");
    if (path == "/two") return HttpAnswer("200 OK", "the document");
    return to("/again");
  });
  SECTION("two are followed") {
    place.Set(site.Place() + "/one");
    const auto answer = site.Ask();
    REQUIRE(answer.ok());
    CHECK(answer->document == "the document");
  }
  SECTION("three are not") {
    place.Set("/again");
    CHECK(absl::IsInvalidArgument(site.Ask().status()));
    CHECK(site.server.connections() == 3);
  }
  SECTION("elsewhere is not followed") {
    const Site other([](const std::string&) { return HttpAnswer("200 OK", "the document"); });
    for (const std::string& url :
         {other.Place() + "/",
          std::string("https://127.0.0.1:") + std::to_string(site.options.port),
          std::string("http://localhost:") + std::to_string(site.options.port),
          std::string("file:///etc/passwd"), std::string("//b.example/")}) {
      INFO(url);
      place.Set(url);
      CHECK(absl::IsInvalidArgument(site.Ask().status()));
    }
    CHECK(other.server.connections() == 0);
  }
}

TEST_CASE("an answer that is too long is cut off and refused", "[federation]") {
  SECTION("the body") {
    const Site site(
        [](const std::string&) { return HttpAnswer("200 OK", std::string(70'000, 'x')); });
    CHECK(absl::IsInvalidArgument(site.Ask().status()));
  }
  SECTION("the head") {
    const Site site([](const std::string&) {
      std::string headers;
      for (int i = 0; i < 1000; ++i) headers += "X-Padding: " + std::string(60, 'x') + "\r\n";
      return HttpAnswer("200 OK", "the document", headers);
    });
    CHECK(absl::IsInvalidArgument(site.Ask().status()));
  }
  SECTION("the longest that is allowed") {
    const Site site(
        [](const std::string&) { return HttpAnswer("200 OK", std::string(65'536, 'x')); });
    CHECK(site.Ask()->document.size() == 65'536);
  }
}

TEST_CASE("what the server says decides whether to ask again", "[federation]") {
  Shared status;
  const Site site([&status](const std::string&) { return HttpAnswer(status.Get(), ""); });
  const std::pair<const char*, absl::StatusCode> cases[] = {
      {"404 Not Found", absl::StatusCode::kNotFound},
      {"410 Gone", absl::StatusCode::kNotFound},
      {"500 Internal Server Error", absl::StatusCode::kUnavailable},
      {"204 No Content", absl::StatusCode::kUnavailable},
  };
  for (const auto& [text, code] : cases) {
    INFO(text);
    status.Set(text);
    CHECK(site.Ask().status().code() == code);
  }
}

TEST_CASE("a server that does not answer is given up", "[federation]") {
  Site site([](const std::string&) { return std::string(); });
  site.options.timeout = absl::Milliseconds(300);
  const absl::Time began = absl::Now();
  const absl::Status status = site.Ask().status();
  CHECK(absl::IsUnavailable(status));
  CHECK(absl::Now() - began < absl::Seconds(4));
}

TEST_CASE("a port on which nobody listens is unavailable", "[federation]") {
  WellKnownOptions options;
  options.addresses = AddressRule::kAnywhere;
  options.port = 1;
  CHECK(absl::IsUnavailable(AskWellKnown(options, "localhost").status()));
}

}  // namespace
}  // namespace molva::federation
