// validator_email against a mail server that says what the case wants.
#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "tests/contract/validator/harness.h"
#include "tests/support/talking_server.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using model::Fault;
using validation::Letter;
using validation::Reason;

// How the server behaves.
struct Manners {
  enum class Tls { kNever, kOffered, kFromTheStart } tls = Tls::kNever;
  std::string recipient_reply = "250 OK";
  std::string data_reply = "250 queued";
};

Manners WithTls(Manners::Tls tls) {
  Manners manners;
  manners.tls = tls;
  return manners;
}
Manners Replies(const std::string& recipient, const std::string& data) {
  Manners manners;
  manners.recipient_reply = recipient;
  manners.data_reply = data;
  return manners;
}

// Keeps what it is told.
class MailServer {
 public:
  explicit MailServer(Manners manners = {})
      : manners_(std::move(manners)), server_([this](Guest& guest) { Talk(guest); }) {}

  std::uint16_t port() const { return server_.port(); }
  const TlsIdentity& identity() const { return identity_; }
  // Every command, then the lines of each letter.
  std::vector<std::string> commands() const {
    const std::lock_guard lock(mutex_);
    return commands_;
  }
  std::string letter() const {
    const std::lock_guard lock(mutex_);
    return letter_;
  }
  bool Heard(const std::string& command) const {
    const auto all = commands();
    return std::find(all.begin(), all.end(), command) != all.end();
  }

 private:
  void Talk(Guest& guest) {
    bool is_secret = manners_.tls == Manners::Tls::kFromTheStart;
    if (is_secret && !guest.StartTls(identity_)) return;
    guest.Write("220 mail.example ESMTP\r\n");
    while (const std::optional<std::string> line = guest.ReadLine()) {
      {
        const std::lock_guard lock(mutex_);
        commands_.push_back(is_secret ? "tls " + *line : *line);
      }
      if (line->starts_with("EHLO")) {
        guest.Write("250-mail.example\r\n");
        if (manners_.tls == Manners::Tls::kOffered && !is_secret) guest.Write("250-STARTTLS\r\n");
        guest.Write("250 AUTH PLAIN LOGIN\r\n");
      } else if (*line == "STARTTLS") {
        guest.Write("220 go ahead\r\n");
        is_secret = guest.StartTls(identity_);
        if (!is_secret) return;
      } else if (line->starts_with("AUTH PLAIN")) {
        guest.Write("334 \r\n");
        guest.Write(guest.ReadLine() == "AGFubgBzZWNyZXQ=" ? "235 welcome\r\n" : "535 no\r\n");
      } else if (line->starts_with("RCPT")) {
        guest.Write(manners_.recipient_reply + "\r\n");
      } else if (*line == "DATA") {
        guest.Write("354 go on\r\n");
        TakeLetter(guest);
        guest.Write(manners_.data_reply + "\r\n");
      } else {
        guest.Write(*line == "QUIT" ? "221 bye\r\n" : "250 OK\r\n");
      }
    }
  }
  void TakeLetter(Guest& guest) {
    std::string letter;
    for (auto line = guest.ReadLine(); line.has_value() && *line != "."; line = guest.ReadLine()) {
      letter += *line + "\n";
    }
    const std::lock_guard lock(mutex_);
    letter_ = letter;
  }

  const Manners manners_;
  const TlsIdentity identity_;
  mutable std::mutex mutex_;
  std::vector<std::string> commands_;
  std::string letter_;
  TalkingServer server_;
};

std::string Config(const MailServer& server, const std::string& more) {
  return fmt::format(
      R"({{"host":"127.0.0.1","port":{},"sender":"noreply@chat.example","sender_name":"Chat",)"
      R"("host_url":"https://chat.example/","greeting_name":"node.example"{}{}}})",
      server.port(), more.empty() ? "" : ",", more);
}

const Letter kLetter = LetterTo("ann@example.com");

Letter ResetLetter(const std::string& login, const std::string& code) {
  Letter letter = LetterTo("ann@example.com");
  letter.reason = Reason::kReset;
  letter.code = code;
  letter.scheme = "basic";
  letter.login = login;
  return letter;
}

// Quoted-printable, undone.
std::string Decoded(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto is_hex = [&](std::size_t at) { return std::isxdigit(text[at]) != 0; };
    if (text[i] == '=' && text[i + 1] == '\n') {
      ++i;
    } else if (text[i] != '=' || !is_hex(i + 1) || !is_hex(i + 2)) {
      decoded += text[i];
    } else {
      decoded += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
    }
  }
  return decoded;
}

bool Has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("addresses are taken plain and lower-cased, and nothing else is") {
  const MailServer server;
  const auto email = Open("email", Config(server, ""));
  CHECK(Normal(*email, "Ann.Lee+chat@Example.COM") == "ann.lee+chat@example.com");
  CHECK(Normal(*email, "o'neil@sub.example.org") == "o'neil@sub.example.org");
  CHECK(Normal(*email, std::string(64, 'a') + "@" + std::string(59, 'b') + ".org").size() == 128);
  for (const std::string& bad :
       {std::string("ann"), std::string("Ann <ann@example.com>"), std::string("<ann@example.com>"),
        std::string("\"ann lee\"@example.com"), std::string("ann@example.com,bob@example.com"),
        std::string(".ann@example.com"), std::string("a..b@example.com"),
        std::string("ann@localhost"), std::string("ann@-a.com"), std::string("ann@a..com"),
        std::string("ann@exa mple.com"), std::string("ann@example.com\r\nBcc: x@y.z"),
        std::string("a@b@c.com"), std::string("\xc3\xa9@example.com"),
        std::string(64, 'a') + "@" + std::string(60, 'b') + ".org"}) {
    INFO(bad);
    CHECK(Normal(*email, bad) == "malformed");
  }
}

TEST_CASE("a list of domains keeps the others out") {
  const MailServer server;
  const auto email = Open("email", Config(server, R"("domains":["Example.com","b.org"])"));
  CHECK(Normal(*email, "ann@EXAMPLE.com") == "ann@example.com");
  CHECK(Normal(*email, "ann@sub.example.com") == "policy violation");
}

TEST_CASE("a letter arrives with text, HTML and a link") {
  const MailServer server;
  const auto email = Open("email", Config(server, R"("security":"off")"));
  const absl::Status sent = email->Send(kLetter);
  INFO(sent.ToString());
  REQUIRE(sent.ok());
  CHECK(server.Heard("EHLO node.example"));
  CHECK(server.Heard("MAIL FROM:<noreply@chat.example>"));
  CHECK(server.Heard("RCPT TO:<ann@example.com>"));
  const std::string letter = server.letter();
  CHECK(Has(letter, "From: \"Chat\" <noreply@chat.example>\n"));
  CHECK(Has(letter, "To: <ann@example.com>\n"));
  CHECK(Has(letter, "Subject: Your confirmation code\n"));
  CHECK(Has(letter, "\nDate: "));
  CHECK(Has(letter, "\nMessage-ID: <"));
  CHECK(Has(letter, "Content-Type: multipart/alternative; boundary="));
  CHECK(Has(letter, "Content-Type: text/plain; charset=utf-8\n"));
  CHECK(Has(letter, "Content-Type: text/html; charset=utf-8\n"));
  const std::string body = Decoded(letter.substr(letter.find("text/plain")));
  CHECK(Has(body, "code is 123456."));
  CHECK(Has(body, "https://chat.example/#cred?method=email&code=123456&token=ab%2B%2F%3D%3D"));
  CHECK(Has(body, "#cred?method=email&amp;code=123456&amp;token=ab%2B%2F%3D%3D\""));
}

TEST_CASE("a letter for a new secret names the scheme, and a name in it cannot be HTML") {
  const MailServer server;
  const auto email = Open("email", Config(server, R"("security":"off")"));
  REQUIRE(email->Send(ResetLetter("<b>ann", "654321")).ok());
  const std::string body = Decoded(server.letter().substr(server.letter().find("text/plain")));
  CHECK(Has(body, "https://chat.example/#reset?scheme=basic&code=654321&cred=email%3Aann%40"));
  CHECK(Has(body, "<p>Hello &lt;b&gt;ann,</p>"));
}

TEST_CASE("templates of a folder go before the built-in ones, by language") {
  const MailServer server;
  const TemporaryFolder folder;
  std::ofstream(folder / "confirm_de.txt")
      << "Ihr Code f\xc3\xbcr {{Login}}{{Cred}}\n\nCode: {{Code}}\n";
  std::ofstream(folder / "confirm_pt-BR.txt") << "Codigo\n\n.{{Code}}\n";
  const auto email =
      Open("email", Config(server, R"("security":"off","templates":")" + (folder / "") + "\""));
  Letter letter = kLetter;
  letter.language = "de-AT";
  REQUIRE(email->Send(letter).ok());
  CHECK(Has(server.letter(), "Subject: =?UTF-8?B?"));
  CHECK(Has(server.letter(), "\nCode: 123456\n"));
  CHECK_FALSE(Has(server.letter(), "text/html"));
  letter.language = "pt_br";
  REQUIRE(email->Send(letter).ok());
  CHECK(Has(server.letter(), "Subject: Codigo\n"));
  CHECK(Has(server.letter(), "\n..123456\n"));
  letter.language = "pt";
  REQUIRE(email->Send(letter).ok());
  CHECK(Has(server.letter(), "Subject: Your confirmation code\n"));
}

TEST_CASE("a header cannot be smuggled in by any part of a letter") {
  const MailServer server;
  const TemporaryFolder folder;
  std::ofstream(folder / "reset_en.txt") << "For {{Login}}\n\n{{Code}}\n";
  const auto email =
      Open("email", Config(server, R"("security":"off","templates":")" + (folder / "") + "\""));
  Letter letter = ResetLetter("ann\r\nBcc: eve@example.com", "1\r\n.\r\nMAIL FROM:<x@y.z>");
  letter.language = "../../etc";
  REQUIRE(email->Send(letter).ok());
  CHECK(Has(server.letter(), "Subject: For annBcc: eve@example.com\n"));
  CHECK_FALSE(Has(server.letter(), "\nBcc:"));
  CHECK_FALSE(server.Heard("MAIL FROM:<x@y.z>"));
}

TEST_CASE("a template that is none is refused at the start") {
  const MailServer server;
  const auto refusal = [&](const std::string& name, const std::string& content) {
    const TemporaryFolder folder;
    std::ofstream(folder / name) << content;
    const auto opened = TryOpen("email", Config(server, R"("templates":")" + (folder / "") + "\""));
    return std::string(opened.status().message());
  };
  CHECK(Has(refusal("confirm_en.txt", "Subject\n\n{{Kode}}"), "there is no word Kode"));
  CHECK(Has(refusal("confirm_en.txt", "Subject\nbody"), "the first line must be the subject"));
  CHECK(Has(refusal("welcome_en.txt", "Subject\n\nbody"), "neither confirm_"));
  CHECK(Has(refusal("confirm_fr.html", "<p>"), "no .txt beside it"));
  CHECK(Has(refusal("confirm_en.txt", std::string(70'000, 'x')), "64 KiB"));
  CHECK_FALSE(TryOpen("email", Config(server, R"("templates":"/nonexistent")")).ok());
}

TEST_CASE("with starttls nothing is said in the clear") {
  const TemporaryFolder folder;
  const MailServer server(WithTls(Manners::Tls::kOffered));
  server.identity().WriteCertificate(folder / "ca.pem");
  const std::string ca = "\"ca_file\":\"" + (folder / "ca.pem") + "\"";
  SECTION("the letter and the login go through the encrypted connection") {
    const auto email = Open("email", Config(server, ca + R"(,"login":"ann","password":"secret")"));
    const absl::Status sent = email->Send(kLetter);
    INFO(sent.ToString());
    REQUIRE(sent.ok());
    CHECK(server.Heard("STARTTLS"));
    CHECK(server.Heard("tls RCPT TO:<ann@example.com>"));
    CHECK_FALSE(server.Heard("RCPT TO:<ann@example.com>"));
  }
  SECTION("a wrong password can be mended") {
    const auto email = Open("email", Config(server, ca + R"(,"login":"ann","password":"wrong")"));
    CHECK(model::FaultOf(email->Send(kLetter)) == Fault::kServiceUnavailable);
  }
  SECTION("a certificate that nobody vouches for is not enough") {
    CHECK(model::FaultOf(Open("email", Config(server, ""))->Send(kLetter)) ==
          Fault::kServiceUnavailable);
    CHECK_FALSE(server.Heard("RCPT TO:<ann@example.com>"));
  }
  SECTION("it is taken where it is offered") {
    const auto email = Open("email", Config(server, ca + R"(,"security":"starttls_if_offered")"));
    REQUIRE(email->Send(kLetter).ok());
    CHECK(server.Heard("tls RCPT TO:<ann@example.com>"));
  }
}

TEST_CASE("a server without encryption gets a letter only where that is allowed") {
  const MailServer server;
  CHECK(model::FaultOf(Open("email", Config(server, ""))->Send(kLetter)) ==
        Fault::kServiceUnavailable);
  CHECK_FALSE(server.Heard("RCPT TO:<ann@example.com>"));
  const auto email = Open("email", Config(server, R"("security":"starttls_if_offered")"));
  CHECK(email->Send(kLetter).ok());
}

TEST_CASE("with tls the connection is encrypted from the first byte") {
  const TemporaryFolder folder;
  const MailServer server(WithTls(Manners::Tls::kFromTheStart));
  server.identity().WriteCertificate(folder / "ca.pem");
  const auto email =
      Open("email", Config(server, R"("security":"tls","auth":"plain","login":"ann",)"
                                   R"("password":"secret","ca_file":")" +
                                       (folder / "ca.pem") + "\""));
  const absl::Status sent = email->Send(kLetter);
  INFO(sent.ToString());
  REQUIRE(sent.ok());
  CHECK(server.Heard("tls RCPT TO:<ann@example.com>"));
}

TEST_CASE("what the server refuses for good is final, everything else can be tried again") {
  const auto fault = [](const Manners& manners) {
    const MailServer server(manners);
    return model::FaultOf(Open("email", Config(server, R"("security":"off")"))->Send(kLetter));
  };
  CHECK(fault(Replies("550 no such user", "250 queued")) == Fault::kPolicyViolation);
  CHECK(fault(Replies("451 later", "250 queued")) == Fault::kServiceUnavailable);
  CHECK(fault(Replies("250 OK", "554 spam")) == Fault::kPolicyViolation);
  CHECK(fault(Replies("250 OK", "452 full")) == Fault::kServiceUnavailable);
}

TEST_CASE("a server that is silent or not there is given up") {
  const TalkingServer silent([](Guest& guest) { (void)guest.ReadLine(); });
  const auto config = [](std::uint16_t port) {
    return fmt::format(R"({{"host":"127.0.0.1","port":{},"sender":"a@b.example",)"
                       R"("host_url":"https://c.example/","security":"off","timeout_seconds":1}})",
                       port);
  };
  CHECK(model::FaultOf(Open("email", config(silent.port()))->Send(kLetter)) ==
        Fault::kServiceUnavailable);
  std::uint16_t closed = 0;
  {
    const TalkingServer gone([](Guest&) {});
    closed = gone.port();
  }
  CHECK(model::FaultOf(Open("email", config(closed))->Send(kLetter)) == Fault::kServiceUnavailable);
}

TEST_CASE("settings that could not work are refused") {
  const MailServer server;
  for (const char* more :
       {R"("security":"maybe")", R"("login":"ann","security":"off")", R"("auth":"ntlm")",
        R"("sender":"Ann <a@b.example>")", R"("sender_name":"a\nb")", R"("host":"a b")",
        R"("host_url":"ftp://x")", R"("host_url":"https://x/#a")", R"("domains":["a b"])",
        R"("domains":"a.example")", R"("greeting_name":"a/b")", R"("port":70000)"}) {
    INFO(more);
    std::string config = Config(server, "");
    // The first of two equal members counts.
    config.insert(1, std::string(more) + ",");
    CHECK(absl::IsInvalidArgument(TryOpen("email", config).status()));
  }
}

}  // namespace
}  // namespace molva::test
