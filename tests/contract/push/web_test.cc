// push_web against a push service under TLS that answers what the case wants.
#include <fmt/core.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/strings.h"
#include "push_web/base64_url.h"
#include "tests/contract/push/harness.h"
#include "tests/support/push_reader.h"
#include "tests/support/talking_server.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

struct Request {
  std::string line;
  std::map<std::string, std::string> headers;  // lower-case names
  std::string body;
};

// Serves one connection at a time. Answers by the path: /taken, /gone, /missing, /busy, /refused,
// /elsewhere, /silent.
class PushService {
 public:
  PushService() : server_([this](Guest& guest) { Talk(guest); }) {
    identity_.WriteCertificate(folder_ / "ca.pem");
  }

  std::string Endpoint(const std::string& path) const {
    return fmt::format("https://127.0.0.1:{}/{}", server_.port(), path);
  }
  std::string Config(const std::string& more = R"("allow_private":true,"at_once":1)") const {
    return fmt::format(
        R"({{"private_key":"{}","subject":"mailto:ops@chat.example","ca_file":"{}",{}}})",
        push_web::EncodeBase64Url(std::string(32, 'k')), folder_ / "ca.pem", more);
  }
  std::vector<Request> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  // Waits until somebody has asked.
  Request First() const {
    for (;;) {
      if (const auto all = requests(); !all.empty()) return all.front();
      std::this_thread::yield();
    }
  }

 private:
  void Talk(Guest& guest) {
    if (!guest.StartTls(identity_)) return;
    while (const auto line = guest.ReadLine()) {
      Request request;
      request.line = *line;
      for (auto header = guest.ReadLine(); header.has_value() && !header->empty();
           header = guest.ReadLine()) {
        const std::size_t colon = header->find(": ");
        std::string name = header->substr(0, colon);
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        request.headers[name] = header->substr(colon + 2);
      }
      request.body = guest.Read(std::stoul(request.headers["content-length"]));
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      if (request.line.starts_with("POST /silent")) continue;
      guest.Write("HTTP/1.1 " + AnswerTo(request.line) + "\r\nContent-Length: 0\r\n\r\n");
    }
  }
  static std::string AnswerTo(const std::string& line) {
    if (line.starts_with("POST /gone")) return "410 Gone";
    if (line.starts_with("POST /missing")) return "404 Not Found";
    if (line.starts_with("POST /busy")) return "429 Too Many Requests\r\nRetry-After: 600";
    if (line.starts_with("POST /refused")) return "403 Forbidden";
    if (line.starts_with("POST /elsewhere")) return "307 Moved\r\nLocation: /taken";
    return "201 Created";
  }

  const TemporaryFolder folder_;
  const TlsIdentity identity_;
  mutable std::mutex mutex_;
  std::vector<Request> requests_;
  TalkingServer server_;
};

PushReader NewReader() { return {*push_web::EcKey::Generate(), std::string(16, 's')}; }

std::string DeviceAt(const std::string& endpoint, const PushReader& reader) {
  return fmt::format(R"({{"endpoint":"{}","keys":{{"p256dh":"{}","auth":"{}"}}}})", endpoint,
                     push_web::EncodeBase64Url(reader.key.public_bytes()),
                     push_web::EncodeBase64Url(reader.auth_secret));
}

TEST_CASE("a device reads what it is sent, and the service sees only its envelope") {
  const PushService service;
  const PushReader reader = NewReader();
  const auto pusher = Open("web", service.Config());
  push::Receipt receipt = MessageTo(RecipientWith({DeviceAt(service.Endpoint("taken/1"), reader)}));
  receipt.recipients[0].topic = "grpAbCdEfGhIjK";
  Push(*pusher, std::move(receipt));
  CHECK(WaitFor(*pusher, 1).sent == 1);
  const Request request = service.First();
  CHECK(request.line == "POST /taken/1 HTTP/1.1");
  const auto header = [&](const char* name) { return request.headers.at(name); };
  CHECK(header("content-encoding") == "aes128gcm");
  CHECK(header("ttl") == "3600");
  CHECK(header("urgency") == "normal");
  CHECK(header("topic") == "grpAbCdEfGhIjK");
  CHECK(header("authorization").starts_with("vapid t="));
  CHECK(request.body.find("hello") == std::string::npos);
  CHECK(reader.Read(request.body) ==
        R"({"what":"msg","topic":"grpAbCdEfGhIjK","ts":"2023-11-14T22:13:20.123Z",)"
        R"("xfrom":"usrAgAAAAAAAAA","seq":"7","unread":"3","content":"hello"})");
}

TEST_CASE("a device that the service does not know any more is reported, no other is") {
  const PushService service;
  const PushReader reader = NewReader();
  std::mutex mutex;
  std::vector<std::pair<model::UserId, std::string>> gone;
  plugin::PushOptions options;
  options.on_gone = [&](model::UserId user, std::string device) {
    const std::lock_guard lock(mutex);
    gone.emplace_back(user, std::move(device));
  };
  const auto pusher = Open("web", service.Config(), std::move(options));
  std::vector<std::string> devices = {"fcm:token"};
  for (const char* path : {"gone", "taken", "missing", "refused", "elsewhere"}) {
    devices.push_back(DeviceAt(service.Endpoint(path), reader));
  }
  Push(*pusher, MessageTo(RecipientWith(devices)));
  const plugin::PushCounts counts = WaitFor(*pusher, 5);
  CHECK(counts.sent == 1);
  CHECK(counts.gone == 2);
  CHECK(counts.failed == 2);
  const std::lock_guard lock(mutex);
  REQUIRE(gone.size() == 2);
  CHECK(gone[0].first == model::UserId::FromBits(1));
  CHECK(std::min(gone[0].second, gone[1].second) == std::min(devices[1], devices[3]));
  CHECK(std::max(gone[0].second, gone[1].second) == std::max(devices[1], devices[3]));
}

TEST_CASE("a service that asks for patience is left alone, and no request follows a redirect") {
  const PushService service;
  const PushReader reader = NewReader();
  const auto pusher = Open("web", service.Config());
  Push(*pusher, MessageTo(RecipientWith({DeviceAt(service.Endpoint("elsewhere"), reader)})));
  CHECK(WaitFor(*pusher, 1).failed == 1);
  Push(*pusher, MessageTo(RecipientWith({DeviceAt(service.Endpoint("busy"), reader)})));
  CHECK(WaitFor(*pusher, 2).failed == 2);
  Push(*pusher, MessageTo(RecipientWith({DeviceAt(service.Endpoint("taken"), reader)})));
  CHECK(WaitFor(*pusher, 3).failed == 3);
  CHECK(service.requests().size() == 2);
}

TEST_CASE("private addresses are not reached unless that is allowed") {
  const PushService service;
  const PushReader reader = NewReader();
  const auto pusher = Open("web", service.Config(R"("allow_private":false)"));
  // By number and by name, on the port that is allowed.
  for (const char* endpoint : {"https://127.0.0.1/x", "https://localhost/x", "https://[::1]/x",
                               "https://2130706433/x", "https://0x7f.1/x"}) {
    Push(*pusher, MessageTo(RecipientWith({DeviceAt(endpoint, reader)})));
  }
  CHECK(WaitFor(*pusher, 5).failed == 5);
  // Another port is no device at all.
  Push(*pusher, MessageTo(RecipientWith({DeviceAt(service.Endpoint("taken"), reader)})));
  Push(*pusher, MessageTo(RecipientWith({DeviceAt("https://127.0.0.1/x", reader)})));
  CHECK(WaitFor(*pusher, 6).failed == 6);
  CHECK(service.requests().empty());
}

TEST_CASE("a service that never answers cannot keep the pusher from ending") {
  const PushService service;
  const PushReader reader = NewReader();
  auto pusher = Open("web", service.Config(R"("allow_private":true,"timeout_seconds":60)"));
  for (int i = 0; i < 3; ++i) {
    Push(*pusher, MessageTo(RecipientWith({DeviceAt(service.Endpoint("silent"), reader)})));
  }
  CHECK(service.First().line == "POST /silent HTTP/1.1");
  const absl::Time start = absl::Now();
  pusher.reset();
  CHECK(absl::Now() - start < absl::Seconds(30));
}

TEST_CASE("a certificate that nobody vouches for is not enough") {
  const PushService service;
  const PushService other;
  const PushReader reader = NewReader();
  const auto pusher = Open("web", other.Config());
  Push(*pusher, MessageTo(RecipientWith({DeviceAt(service.Endpoint("taken"), reader)})));
  CHECK(WaitFor(*pusher, 1).failed == 1);
  CHECK(service.requests().empty());
}

TEST_CASE("a receipt for very many goes out in lots") {
  const PushService service;
  const PushReader reader = NewReader();
  const auto pusher = Open("web", service.Config());
  push::Receipt receipt = MessageTo(RecipientWith({}));
  receipt.recipients[0] =
      RecipientWith(std::vector<std::string>(600, DeviceAt(service.Endpoint("taken"), reader)));
  Push(*pusher, std::move(receipt));
  CHECK(WaitFor(*pusher, 600).sent == 600);
}

TEST_CASE("settings of push_web that could not work are refused") {
  const std::string key = push_web::EncodeBase64Url(std::string(32, 'k'));
  for (const std::string& config :
       {std::string("{}"), R"({"subject":"mailto:a@b.c"})" + std::string(),
        R"({"private_key":")" + key + R"("})",
        R"({"private_key":")" + key + R"(","subject":"a@b.c"})",
        R"({"private_key":")" + key + R"(","subject":"mailto:a\nb"})",
        std::string(R"({"private_key":"AAAA","subject":"mailto:a@b.c"})")}) {
    INFO(config);
    CHECK(absl::IsInvalidArgument(TryOpen("web", config).status()));
  }
}

}  // namespace
}  // namespace molva::test
