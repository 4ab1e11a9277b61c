// What every auth plugin must do.
#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "tests/contract/candidates.h"
#include "tests/contract/fault_text.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using auth::Purpose;
using model::AuthLevel;
using model::Fault;
using plugin::AuthPlugin;

const absl::Time kNow = absl::FromUnixSeconds(1700000000);
constexpr auto kAnn = model::UserId::FromBits(0x1122334455667788);

absl::StatusOr<std::unique_ptr<AuthPlugin>> TryOpen(const Candidate& candidate,
                                                    const std::string& config) {
  const auto library = plugin::Library::Load(candidate.library, MOLVA_KIND_AUTH);
  if (!library.ok()) return library.status();
  return AuthPlugin::Open(*library, config);
}

// A scheme in a folder of its own.
class Opened {
 public:
  explicit Opened(const Candidate& candidate) {
    auto opened = TryOpen(candidate, InFolder(candidate.config, folder_ / ""));
    INFO(opened.status().message());
    REQUIRE(opened.ok());
    scheme_ = *std::move(opened);
  }
  const AuthPlugin& operator*() const { return *scheme_; }
  const AuthPlugin* operator->() const { return scheme_.get(); }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<AuthPlugin> scheme_;
};

template <typename T>
Fault FaultIn(const absl::StatusOr<T>& result) {
  return model::FaultOf(result.status());
}

// What the store would have after an account was made.
std::optional<store::AuthRecord> MakeRecord(const AuthPlugin& scheme, const std::string& secret) {
  if (!scheme.traits().creates || !scheme.traits().keeps_records) return std::nullopt;
  MOLVA_SAYS("auth_plugin.h",
             "MALFORMED, POLICY: why says what is wrong, without the secret. "
             "UNSUPPORTED: not for this purpose.");
  const auto unique = scheme.Parse(Purpose::kCreate, secret);
  INFO(unique.status().message());
  REQUIRE(unique.ok());
  const auto made = scheme.Make(Purpose::kCreate, secret);
  INFO(made.status().message());
  REQUIRE(made.ok());
  return store::AuthRecord{
      std::string(scheme.name()), *unique, kAnn, made->level, made->kept, std::nullopt};
}

// A secret that logs in, the record it needs, and what comes of it.
struct Login {
  std::string secret;
  std::optional<store::AuthRecord> record;
  std::optional<AuthLevel> level;  // nullopt: the scheme's business, as is the user
  const store::AuthRecord* found() const { return record.has_value() ? &*record : nullptr; }
};

std::optional<Login> MakeLogin(const AuthPlugin& scheme, const Candidate& candidate) {
  if (!scheme.traits().logs_in) return std::nullopt;
  if (scheme.traits().keeps_records) {
    auto record = MakeRecord(scheme, candidate.sample);
    if (!record.has_value()) return std::nullopt;
    const AuthLevel level = record->level;
    return Login{candidate.sample, std::move(record), level};
  }
  if (!scheme.traits().issues) {
    if (candidate.sample.empty()) return std::nullopt;
    return Login{candidate.sample, std::nullopt, std::nullopt};
  }
  const auto token = scheme.Issue({.user = kAnn, .level = AuthLevel::kAuth}, kNow);
  INFO(token.status().message());
  REQUIRE(token.ok());
  return Login{token->secret, std::nullopt, AuthLevel::kAuth};
}

std::vector<std::string> Rubbish() {
  std::vector<std::string> rubbish = {
      "", ":", "::", "\xff\xfe", std::string(1000, '\0'), std::string(65536, 'x')};
  base::SystemRandom random;
  for (std::size_t size : {17, 49, 50, 57, 58, 59}) {
    std::string bytes(size, '\0');
    random.Fill(bytes.data(), size);
    rubbish.push_back(bytes);
  }
  return rubbish;
}

TEST_CASE("every scheme survives rubbish and lets nobody in by it") {
  for (const Candidate& candidate : Candidates()) {
    const Opened scheme(candidate);
    const auto login = MakeLogin(*scheme, candidate);
    INFO(candidate.name);
    MOLVA_SAYS("auth_plugin.h",
               "`secret` is what the client sent: any bytes, up to what a packet "
               "may hold.");
    for (const std::string& secret : Rubbish()) {
      (void)scheme->Parse(Purpose::kCreate, secret);  // may pass, must return
      (void)scheme->Parse(Purpose::kChange, secret);
      const auto unique = scheme->Parse(Purpose::kLogin, secret);
      const auto identity =
          scheme->Verify(secret, login.has_value() ? login->found() : nullptr, kNow);
      CHECK_FALSE(identity.ok());
      CHECK(FaultIn(identity) != Fault::kInternalError);
      CHECK(FaultIn(unique) != Fault::kInternalError);
    }
  }
}

TEST_CASE("a secret that was made logs its user in, and with another last byte it does not") {
  for (const Candidate& candidate : Candidates()) {
    const Opened scheme(candidate);
    const auto login = MakeLogin(*scheme, candidate);
    INFO(candidate.name);
    MOLVA_SAYS("auth_plugin.h", "On MOLVA_OK sets *identity. DENIED is an answer.");
    if (!login.has_value()) {
      if (!scheme->traits().logs_in) {
        CHECK(FaultIn(scheme->Verify("", nullptr, kNow)) == Fault::kNotImplemented);
      }
      continue;
    }
    const auto identity = scheme->Verify(login->secret, login->found(), kNow);
    INFO(identity.status().message());
    REQUIRE(identity.ok());
    if (login->level.has_value()) {
      CHECK(identity->user == kAnn);
      CHECK(identity->level == *login->level);
    }
    CHECK(identity->may_log_in);
    std::string changed = login->secret;
    changed.back() = static_cast<char>(changed.back() ^ 1);
    CHECK(FaultIn(scheme->Verify(changed, login->found(), kNow)) == Fault::kAuthenticationFailed);
  }
}

TEST_CASE("a scheme that keeps records knows nobody without one, and one person by one name") {
  for (const Candidate& candidate : Candidates()) {
    const Opened scheme(candidate);
    if (!scheme->traits().keeps_records || !scheme->traits().creates) continue;
    INFO(candidate.name);
    const auto record = MakeRecord(*scheme, candidate.sample);
    REQUIRE(record.has_value());
    MOLVA_SAYS("auth_plugin.h",
               "`record` is the record under its unique name, NULL if there is "
               "none");
    CHECK(FaultIn(scheme->Verify(candidate.sample, nullptr, kNow)) == Fault::kAuthenticationFailed);
    const auto unique = scheme->Parse(Purpose::kLogin, candidate.sample);
    INFO(unique.status().message());
    REQUIRE(unique.ok());
    CHECK(*unique == record->unique);
    (void)scheme->TagsOf(record->unique);  // may have none, must return
  }
}

TEST_CASE("every scheme serves several threads at once") {
  for (const Candidate& candidate : Candidates()) {
    const Opened scheme(candidate);
    const auto login = MakeLogin(*scheme, candidate);
    if (!login.has_value() && !scheme->traits().creates) continue;
    std::atomic<int> passed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 3; ++round) {
          const bool is_let_in = login.has_value()
                                     ? scheme->Verify(login->secret, login->found(), kNow).ok()
                                     : scheme->Make(Purpose::kCreate, candidate.sample).ok();
          if (is_let_in) ++passed;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    INFO(candidate.name);
    MOLVA_SAYS("auth_plugin.h", "all functions may be called from several threads at once");
    CHECK(passed == 12);
  }
}

}  // namespace
}  // namespace molva::test
