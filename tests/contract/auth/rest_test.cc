// What auth_rest makes of what a service says, right or wrong.
#include <mutex>
#include <string>
#include <vector>

#include "base/strings.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "tests/support/catch.h"
#include "tests/support/talking_server.h"

namespace molva::test {
namespace {

using auth::Purpose;
using model::Fault;
using plugin::AuthPlugin;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);
constexpr auto kAnn = model::UserId::FromBits(0x1122334455667788);
// As the service writes it.
std::string AnnText() { return kAnn.ToString().substr(3); }

// Gives every question the same answer, and keeps what it was asked.
class Service {
 public:
  explicit Service(std::string answer, std::string status = "200 OK")
      : answer_(std::move(answer)), status_(std::move(status)) {}

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/"; }
  std::string last_question() const {
    const std::lock_guard lock(mutex_);
    return questions_.empty() ? "" : questions_.back();
  }

 private:
  void Talk(Guest& guest) {
    constexpr std::string_view kLength = "content-length: ";
    while (true) {
      std::size_t size = 0;
      std::optional<std::string> line = guest.ReadLine();
      if (!line.has_value()) return;
      while (line.has_value() && !line->empty() && *line != "\r") {
        const std::string lower = base::AsciiLower(*line);
        if (lower.starts_with(kLength)) size = std::stoul(lower.substr(kLength.size()));
        line = guest.ReadLine();
      }
      const std::string question = guest.Read(size);
      {
        const std::lock_guard lock(mutex_);
        questions_.push_back(question);
      }
      guest.Write("HTTP/1.1 " + status_ + "\r\nContent-Length: " + std::to_string(answer_.size()) +
                  "\r\n\r\n" + answer_);
    }
  }

  const std::string answer_;
  const std::string status_;
  mutable std::mutex mutex_;
  std::vector<std::string> questions_;
  TalkingServer server_{[this](Guest& guest) { Talk(guest); }};
};

absl::StatusOr<std::unique_ptr<AuthPlugin>> TryOpen(const std::string& config) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "rest"), MOLVA_KIND_AUTH);
  REQUIRE(library.ok());
  return AuthPlugin::Open(*library, config);
}

std::unique_ptr<AuthPlugin> OpenFor(const Service& service) {
  auto opened =
      TryOpen(R"({"allow_new_accounts":true,"timeout_seconds":20,"url":")" + service.url() + "\"}");
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  return *std::move(opened);
}

Fault Ask(const std::string& answer, const std::string& status = "200 OK") {
  const Service service(answer, status);
  return model::FaultOf(OpenFor(service)->Verify("ann:secret", nullptr, kNow).status());
}

TEST_CASE("a service says who it is, by the id that it was told") {
  const Service service(R"({"rec":{"uid":")" + AnnText() +
                        R"(","authlvl":"anon","features":"VL"}})");
  const auto scheme = OpenFor(service);
  const auto proof = scheme->Verify("ann:secret", nullptr, kNow);
  REQUIRE(proof.ok());
  CHECK(proof->user == kAnn);
  CHECK(proof->level == model::AuthLevel::kAnon);
  CHECK(proof->validated);
  CHECK_FALSE(proof->may_log_in);
  CHECK_FALSE(proof->newcomer.has_value());
  CHECK(service.last_question() ==
        R"({"endpoint":"auth","name":"rest","secret":"YW5uOnNlY3JldA=="})");
  CHECK(scheme->Change(kAnn, "x").ok());
  CHECK(service.last_question() ==
        R"({"endpoint":"upd","name":"rest","secret":"eA==","rec":{"uid":")" + AnnText() +
            R"(","authlvl":"auth"}})");
  CHECK(scheme->Adopt("xy", kAnn).ok());
  CHECK(service.last_question().starts_with(R"({"endpoint":"link","name":"rest","secret":"eHk=")"));
}

TEST_CASE("a service brings people who have no account yet") {
  const Service service(
      R"({"rec":{"tags":["team:red","b"]},)"
      R"("newacc":{"auth":"JRWPS","anon":"N","public":{"fn": "Ann"},"private":7,"trusted":null}})");
  const auto proof = OpenFor(service)->Verify("ann:secret", nullptr, kNow);
  REQUIRE(proof.ok());
  CHECK(proof->user.is_nobody());
  REQUIRE(proof->newcomer.has_value());
  CHECK(proof->newcomer->access.auth == "JRWPS");
  CHECK(proof->newcomer->access.anon == "N");
  CHECK(proof->newcomer->public_card.text == R"({"fn":"Ann"})");
  CHECK(proof->newcomer->private_note.text == "7");
  CHECK(proof->newcomer->trusted.empty());
  CHECK(proof->newcomer->tags == std::vector<std::string>{"team:red", "b"});
}

TEST_CASE("nobody comes in whom the operator does not want made") {
  const Service service(R"({"newacc":{}})");
  const auto scheme = TryOpen("{\"url\":\"" + service.url() + "\"}");
  REQUIRE(scheme.ok());
  CHECK(model::FaultOf((*scheme)->Verify("ann:secret", nullptr, kNow).status()) ==
        Fault::kAuthenticationFailed);
}

TEST_CASE("each refusal of a service has its code") {
  const std::vector<std::pair<std::string, Fault>> kWords = {
      {"malformed", Fault::kMalformed},
      {"failed", Fault::kAuthenticationFailed},
      {"expired", Fault::kAuthenticationFailed},
      {"denied", Fault::kAuthenticationFailed},
      {"duplicate value", Fault::kDuplicateCredential},
      {"unsupported", Fault::kNotImplemented},
      {"policy", Fault::kPolicyViolation},
      {"not found", Fault::kNotFound},
      {"internal", Fault::kInternalError},
      {"something else", Fault::kInternalError},
  };
  for (const auto& [word, fault] : kWords) {
    INFO(word);
    CHECK(Ask(R"({"err":")" + word + "\"}") == fault);
  }
}

TEST_CASE("an answer that is none lets nobody in and harms nobody") {
  for (const std::string answer :
       {"", "[]", "{", "null", "\xff", R"({"rec":7})", R"({"rec":{"uid":"short"}})",
        R"({"rec":{"uid":"!!!!!!!!!!!"}})", R"({"rec":{"uid":7}})"}) {
    INFO(answer);
    const Fault fault = Ask(answer);
    CHECK((fault == Fault::kInternalError || fault == Fault::kAuthenticationFailed));
  }
  CHECK(Ask(R"({"rec":{"uid":")" + AnnText() + R"(","authlvl":"god"}})") == Fault::kInternalError);
  CHECK(Ask(R"({"byteval":"c29sdmUgdGhpcw=="})") == Fault::kNotImplemented);
  CHECK(Ask(R"({"x":")" + std::string(70000, 'x') + "\"}") == Fault::kInternalError);
  CHECK(Ask(R"({"rec":{"uid":")" + AnnText() + "\"}}", "500 Oops") == Fault::kInternalError);
  CHECK(Ask("{}", "302 Found\r\nLocation: /elsewhere") == Fault::kInternalError);
}

TEST_CASE("a service that is not there is not available") {
  std::string url;
  {
    const Service service("{}");
    url = service.url();
  }
  const auto scheme = TryOpen("{\"url\":\"" + url + "\"}");
  REQUIRE(scheme.ok());
  CHECK(model::FaultOf((*scheme)->Verify("ann:secret", nullptr, kNow).status()) ==
        Fault::kServiceUnavailable);
}

TEST_CASE("accounts are made and end with a service where the operator wants that") {
  const Service service(R"({"boolval":true,"rec":{"tags":["team:red"]}})");
  const auto scheme = OpenFor(service);
  CHECK(scheme->traits().waits);
  CHECK(scheme->traits().changes_elsewhere);
  CHECK(scheme->traits().creates);
  CHECK(scheme->traits().enrols);
  CHECK(scheme->traits().lets_go);
  REQUIRE(scheme->Parse(Purpose::kCreate, "a:b").ok());
  const auto made = scheme->Make(Purpose::kCreate, "xy");
  REQUIRE(made.ok());
  CHECK(made->level == model::AuthLevel::kAuth);
  CHECK(service.last_question() == R"({"endpoint":"checkunique","name":"rest","secret":"eHk="})");
  const auto tags = scheme->Enrol("xy", kAnn);
  REQUIRE(tags.ok());
  CHECK(*tags == std::vector<std::string>{"team:red"});
  const std::string record = R"("rec":{"uid":")" + AnnText() + R"(","authlvl":"auth"}})";
  CHECK(service.last_question() == R"({"endpoint":"add","name":"rest","secret":"eHk=",)" + record);
  CHECK(scheme->LetGo(kAnn).ok());
  CHECK(service.last_question() == R"({"endpoint":"del","name":"rest",)" + record);
}

TEST_CASE("no account is made that the service does not want") {
  const auto make = [](const std::string& answer) {
    const Service service(answer);
    return model::FaultOf(OpenFor(service)->Make(Purpose::kCreate, "a:b").status());
  };
  CHECK(make(R"({"boolval":false})") == Fault::kDuplicateCredential);
  CHECK(make("{}") == Fault::kDuplicateCredential);
  CHECK(make(R"({"err":"policy"})") == Fault::kPolicyViolation);
  // It does not know the question; it is told of the account before that is made.
  CHECK(make(R"({"err":"unsupported"})") == Fault::kOk);
  const auto enrol = [](const std::string& answer) {
    const Service service(answer);
    return model::FaultOf(OpenFor(service)->Enrol("a:b", kAnn).status());
  };
  CHECK(enrol(R"({"err":"duplicate value"})") == Fault::kDuplicateCredential);
  CHECK(enrol(R"({"rec":{"uid":"AAAAAAAAAAE"}})") == Fault::kInternalError);
  CHECK(enrol(R"({"rec":{"tags":[7]}})") == Fault::kInternalError);
}

TEST_CASE("an account ends when the service lets it go") {
  const auto end = [](const std::string& answer) {
    const Service service(answer);
    return model::FaultOf(OpenFor(service)->LetGo(kAnn));
  };
  CHECK(end("{}") == Fault::kOk);
  CHECK(end(R"({"err":"not found"})") == Fault::kOk);
  CHECK(end(R"({"err":"unsupported"})") == Fault::kOperationNotAllowed);
  CHECK(end(R"({"err":"internal"})") == Fault::kInternalError);
}

TEST_CASE("a service reserves tags, if it is asked at the start") {
  const auto open = [](const std::string& answer) {
    const Service service(answer);
    auto opened = TryOpen(R"({"reserves_tags":true,"url":")" + service.url() + "\"}");
    if (opened.ok()) CHECK(service.last_question() == R"({"endpoint":"rtagns","name":"rest"})");
    return opened;
  };
  const auto scheme = open(R"({"strarr":["team","site_2"]})");
  REQUIRE(scheme.ok());
  CHECK((*scheme)->namespaces() == std::vector<std::string>{"team", "site_2"});
  CHECK(open("{}").ok());
  CHECK_FALSE(open(R"({"strarr":["Team:"]})").ok());
  CHECK_FALSE(open(R"({"strarr":[1]})").ok());
  CHECK_FALSE(open(R"({"err":"internal"})").ok());
  CHECK_FALSE(TryOpen(R"({"reserves_tags":true,"url":"http://127.0.0.1:1/"})").ok());
}

TEST_CASE(
    "accounts of a service begin with a login unless it may make them; secrets have a length") {
  const Service service("{}");
  const auto scheme = TryOpen("{\"url\":\"" + service.url() + "\"}");
  REQUIRE(scheme.ok());
  CHECK(model::FaultOf((*scheme)->Parse(Purpose::kCreate, "a:b").status()) ==
        Fault::kNotImplemented);
  CHECK(model::FaultOf((*scheme)->Verify(std::string(20000, 'x'), nullptr, kNow).status()) ==
        Fault::kMalformed);
}

TEST_CASE("a service is where the settings say, or nowhere") {
  CHECK_FALSE(TryOpen("{}").ok());
  CHECK_FALSE(TryOpen(R"({"url":"file:///etc/passwd"})").ok());
  CHECK_FALSE(TryOpen(R"({"url":"http://127.0.0.1","separate_endpoints":true})").ok());
  CHECK_FALSE(TryOpen(R"({"url":"http://127.0.0.1","no_such":1})").ok());
}

}  // namespace
}  // namespace molva::test
