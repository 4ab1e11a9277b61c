// Accounts and logins through the authenticator of a shard, with the real schemes.
#include "auth/scheme_authenticator.h"

#include <absl/time/clock.h>
#include <fmt/core.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>

#include "auth/challenge.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "runtime/asio_shard.h"
#include "tests/support/catch.h"
#include "tests/support/memory_store.h"
#include "tests/support/temporary_folder.h"

namespace molva::test {
namespace {

using auth::Authenticator;
using auth::Identity;
using auth::NewAuth;
using model::Fault;
using Change = Authenticator::Change;

constexpr auto kAnn = model::UserId::FromBits(11);
constexpr auto kBob = model::UserId::FromBits(12);

// Thread: the test's; each call waits for its answer, at most 20 s.
class Desk {
 public:
  explicit Desk(std::size_t max_held = 64) : shard_(0), store_(shard_) {
    rules_.max_held = max_held;
    AddScheme("basic", "{}");
    AddScheme("token", R"({"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})");
    AddScheme("anonymous", "{}");
    AddScheme("totp", R"({"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})");
    authenticator_ =
        std::make_unique<auth::SchemeAuthenticator>(shard_, store_, registry_, throttle_);
    shard_.Start();
  }
  ~Desk() {
    for (const auto& gate : gates_) CHECK(gate->Stop(absl::Now() + absl::Seconds(20)));
    shard_.Stop();
  }

  absl::StatusOr<Identity> LogIn(const std::string& scheme, const std::string& secret) {
    return Ask<Identity>([=](Authenticator& desk, auto done) {
      desk.Authenticate(scheme, secret, "192.0.2.1", std::move(done));
    });
  }
  absl::StatusOr<NewAuth> PrepareNew(const std::string& scheme, const std::string& secret) {
    return Ask<NewAuth>(
        [=](Authenticator& desk, auto done) { desk.PrepareNew(scheme, secret, std::move(done)); });
  }
  absl::StatusOr<Change> PrepareChange(const std::string& scheme, const std::string& secret,
                                       model::UserId user) {
    return Ask<Change>([=](Authenticator& desk, auto done) {
      desk.PrepareChange(scheme, secret, user, std::move(done));
    });
  }
  absl::StatusOr<auth::Token> Issue(const Identity& identity) {
    return Ask<auth::Token>(
        [&](Authenticator& desk, auto done) { desk.IssueToken(identity, std::move(done)); });
  }
  absl::Status Write(store::Batch batch) {
    std::promise<absl::Status> promise;
    shard_.Post([this, &promise, batch = std::move(batch)]() mutable {
      store_.Write(std::move(batch), [&promise](absl::Status s) { promise.set_value(s); });
    });
    return Wait(promise.get_future());
  }
  // What is kept of the login, once all that was begun before has ended.
  std::string FindSecret(const std::string& login) {
    std::string secret;
    // A renewal reads before it writes: behind a read of ours its write is under way, behind a
    // second one it is done.
    for (int turn = 0; turn < 2; ++turn) {
      const auto found = Ask<std::optional<store::AuthRecord>>(
          [&](Authenticator&, auto done) { store_.FindAuth("basic", login, std::move(done)); });
      REQUIRE((found.ok() && found->has_value()));
      secret = (*found)->secret;
    }
    return secret;
  }
  // An account with that secret.
  void Enrol(const std::string& secret, model::UserId user) {
    auto fresh = PrepareNew("basic", secret);
    INFO(fresh.status().ToString());
    REQUIRE(fresh.ok());
    fresh->record.user = user;
    REQUIRE(Write({store::PutAuth{fresh->record, store::Expect::kAbsent}}).ok());
  }
  // Starts `count` logins in one turn of the shard and returns what becomes of them.
  std::vector<Fault> LogInAtOnce(int count, const std::string& secret,
                                 const std::string& scheme = "basic") {
    std::vector<std::promise<absl::StatusOr<Identity>>> promises(static_cast<std::size_t>(count));
    shard_.Post([&] {
      for (auto& promise : promises) {
        authenticator_->Authenticate(
            scheme, secret, "192.0.2.1",
            [&promise](absl::StatusOr<Identity> answer) { promise.set_value(std::move(answer)); });
      }
    });
    std::vector<Fault> faults;
    for (auto& promise : promises) {
      faults.push_back(model::FaultOf(Wait(promise.get_future()).status()));
    }
    return faults;
  }
  // Logs in, and writes `batch` once the record has been read.
  Fault LogInBeside(const std::string& secret, store::Batch batch) {
    std::promise<absl::StatusOr<Identity>> answer;
    std::promise<absl::Status> written;
    shard_.Post([&] {
      const std::uint64_t names = NamesRead() + 1;  // before the scheme can have begun
      authenticator_->Authenticate(
          "basic", secret, "192.0.2.1",
          [&answer](absl::StatusOr<Identity> identity) { answer.set_value(std::move(identity)); });
      WriteWhileChecked(names, std::move(batch), written);
    });
    REQUIRE(Wait(written.get_future()).ok());
    return model::FaultOf(Wait(answer.get_future()).status());
  }
  MemoryDisk& disk() { return store_.disk(); }
  auth::SchemeRegistry& registry() { return registry_; }

 private:
  // How many names the scheme "basic", which was added first, has read in secrets.
  std::uint64_t NamesRead() const {
    for (const plugin::CallStats::Sum& sum : basic_calls_->Read()) {
      if (sum.call == "parse") return sum.outcomes[0];
    }
    return 0;
  }
  // On the shard: writes once `names` have been read and the secret is being checked. Between the
  // two there is a turn in which the scheme has nothing to do.
  enum class Seen { kNothing, kNameRead };
  void WriteWhileChecked(std::uint64_t names, store::Batch batch,
                         std::promise<absl::Status>& written, Seen seen = Seen::kNothing) {
    const std::size_t held = gates_.front()->counts().held;
    if (seen == Seen::kNameRead && held == 1) {
      return store_.Write(std::move(batch), [&written](absl::Status s) { written.set_value(s); });
    }
    if (NamesRead() == names && held == 0) seen = Seen::kNameRead;
    shard_.Post([this, names, batch = std::move(batch), &written, seen]() mutable {
      WriteWhileChecked(names, std::move(batch), written, seen);
    });
  }
  void AddScheme(const std::string& name, const std::string& config) {
    const auto library = plugin::Library::Load(
        plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, name), MOLVA_KIND_AUTH);
    REQUIRE(library.ok());
    auto scheme = plugin::AuthPlugin::Open(*library, config, rules_);
    REQUIRE(scheme.ok());
    gates_.push_back((*scheme)->shared_gate());
    if (basic_calls_ == nullptr) basic_calls_ = (*scheme)->calls();
    REQUIRE(registry_.Add(*std::move(scheme)).ok());
  }
  template <typename T, typename Call>
  absl::StatusOr<T> Ask(Call call) {
    std::promise<absl::StatusOr<T>> promise;
    shard_.Post([&] {
      call(*authenticator_, store::Done<T>([&promise](absl::StatusOr<T> answer) {
        promise.set_value(std::move(answer));
      }));
    });
    return Wait(promise.get_future());
  }
  template <typename T>
  static T Wait(std::future<T> future) {
    REQUIRE(future.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return future.get();
  }

  runtime::CallRules rules_;
  std::vector<std::shared_ptr<runtime::CallGate>> gates_;  // shared with the schemes
  std::shared_ptr<const plugin::CallStats> basic_calls_;   // likewise
  auth::SchemeRegistry registry_;
  runtime::AsioShard shard_;
  MemoryStore store_;
  auth::LoginThrottle throttle_{{.account_failures = 5, .address_failures = 1000}, 1};
  std::unique_ptr<auth::SchemeAuthenticator> authenticator_;
};

// As a node with cheaper settings has made it.
std::string CheapHashOf(const std::string& password) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "basic"), MOLVA_KIND_AUTH);
  REQUIRE(library.ok());
  const auto cheap =
      plugin::AuthPlugin::Open(*library, R"({"hash_passes":1,"hash_memory_kib":64})");
  REQUIRE(cheap.ok());
  const auto made = (*cheap)->Make(auth::Purpose::kCreate, "x:" + password);
  REQUIRE(made.ok());
  return made->kept;
}

template <typename T>
Fault FaultIn(const absl::StatusOr<T>& result) {
  return model::FaultOf(result.status());
}

TEST_CASE("an account is made once and logs in with its password alone") {
  Desk desk;
  const auto fresh = desk.PrepareNew("basic", "Ann:secret1");
  REQUIRE(fresh.ok());
  CHECK(fresh->record.scheme == "basic");
  CHECK(fresh->record.unique == "ann");
  CHECK(fresh->record.user.is_nobody());
  CHECK(fresh->stores_record);
  CHECK(fresh->level == model::AuthLevel::kAuth);
  CHECK(fresh->tags == std::vector<std::string>{"basic:ann"});
  desk.Enrol("Ann:secret1", kAnn);
  CHECK(FaultIn(desk.PrepareNew("basic", "ANN:another")) == Fault::kDuplicateCredential);
  const auto identity = desk.LogIn("basic", "aNN:secret1");
  REQUIRE(identity.ok());
  CHECK(identity->user == kAnn);
  CHECK(FaultIn(desk.LogIn("basic", "ann:secret2")) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(desk.LogIn("basic", "bob:secret1")) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(desk.LogIn("basic", "nocolon")) == Fault::kMalformed);
}

TEST_CASE("schemes that are unknown, or do not do the thing, say so") {
  Desk desk;
  CHECK(FaultIn(desk.LogIn("nope", "x")) == Fault::kUnknownScheme);
  CHECK(FaultIn(desk.PrepareNew("nope", "x")) == Fault::kMalformed);
  CHECK(FaultIn(desk.PrepareChange("nope", "x", kAnn)) == Fault::kMalformed);
  CHECK(FaultIn(desk.LogIn("anonymous", "")) == Fault::kNotImplemented);
  CHECK(FaultIn(desk.PrepareNew("token", "x")) == Fault::kNotImplemented);
  CHECK(FaultIn(desk.PrepareChange("token", "x", kAnn)) == Fault::kNotImplemented);
  CHECK(desk.registry().ReservedTagNamespaces() == std::vector<std::string>{"basic"});
}

TEST_CASE("an anonymous account needs no record and its change is accepted without effect") {
  Desk desk;
  const auto fresh = desk.PrepareNew("anonymous", "");
  REQUIRE(fresh.ok());
  CHECK_FALSE(fresh->stores_record);
  CHECK(fresh->level == model::AuthLevel::kAnon);
  const auto change = desk.PrepareChange("anonymous", "", kAnn);
  REQUIRE(change.ok());
  CHECK(change->batch.empty());
}

TEST_CASE("a token logs the same identity in again") {
  Desk desk;
  const auto token =
      desk.Issue({.user = kAnn, .level = model::AuthLevel::kAuth, .validated = true});
  REQUIRE(token.ok());
  CHECK(token->expires > absl::Now() + absl::Hours(24));
  const auto identity = desk.LogIn("token", token->secret);
  REQUIRE(identity.ok());
  CHECK(identity->user == kAnn);
  CHECK(identity->validated);
}

TEST_CASE("a new password replaces the old one under the same login") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  const auto change = desk.PrepareChange("basic", ":secret2", kAnn);
  REQUIRE(change.ok());
  REQUIRE(desk.Write(change->batch).ok());
  CHECK(change->tags == change->former_tags);
  CHECK_FALSE(desk.LogIn("basic", "ann:secret1").ok());
  CHECK(desk.LogIn("basic", "ann:secret2").ok());
}

TEST_CASE("a new login frees the old one, unless it is taken") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  desk.Enrol("bob:secret1", kBob);
  CHECK(FaultIn(desk.PrepareChange("basic", "bob:secret2", kAnn)) == Fault::kDuplicateCredential);
  CHECK(FaultIn(desk.PrepareChange("basic", "x:secret2", kAnn)) == Fault::kPolicyViolation);
  CHECK(FaultIn(desk.PrepareChange("basic", ":secret2", model::UserId::FromBits(99))) ==
        Fault::kNotFound);
  const auto change = desk.PrepareChange("basic", "anna:secret2", kAnn);
  REQUIRE(change.ok());
  CHECK(change->tags == std::vector<std::string>{"basic:anna"});
  CHECK(change->former_tags == std::vector<std::string>{"basic:ann"});
  REQUIRE(desk.Write(change->batch).ok());
  CHECK(desk.LogIn("basic", "anna:secret2")->user == kAnn);
  CHECK_FALSE(desk.LogIn("basic", "ann:secret2").ok());
}

TEST_CASE("a crowd of logins is answered, some by refusal, never by silence") {
  Desk desk(4);
  desk.Enrol("ann:secret1", kAnn);
  int let_in = 0;
  int refused = 0;
  for (const Fault fault : desk.LogInAtOnce(40, "ann:secret1")) {
    if (fault == Fault::kOk) ++let_in;
    if (fault == Fault::kServiceUnavailable) ++refused;
  }
  CHECK(let_in >= 4);
  CHECK(refused >= 1);
  CHECK(let_in + refused == 40);
}

std::unique_ptr<plugin::AuthPlugin> OpenScheme(const std::string& name) {
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, name), MOLVA_KIND_AUTH);
  auto opened = plugin::AuthPlugin::Open(*library, "{}");
  REQUIRE(opened.ok());
  return *std::move(opened);
}

TEST_CASE("a scheme that is there already is not added") {
  Desk desk;
  CHECK(absl::IsAlreadyExists(desk.registry().Add(OpenScheme("basic"))));
}

TEST_CASE("a scheme that is renamed has no other name, unless that is given to it too") {
  auth::SchemeRegistry registry;
  REQUIRE(registry.Add(OpenScheme("basic")).ok());
  REQUIRE(registry.Add(OpenScheme("anonymous")).ok());
  REQUIRE(registry.Rename("login", "basic").ok());
  CHECK(registry.Find("basic") == nullptr);
  REQUIRE(registry.Find("login") != nullptr);
  CHECK(registry.Find("login")->name() == "basic");
  REQUIRE(registry.Rename("basic", "basic").ok());
  CHECK(registry.Find("basic") == registry.Find("login"));
  CHECK(registry.Find("anonymous") != nullptr);
  REQUIRE(registry.Rename("anonymous", "").ok());
  CHECK(registry.Find("anonymous") == nullptr);
  CHECK(absl::IsInvalidArgument(registry.Rename("login", "anonymous")));
  CHECK(absl::IsInvalidArgument(registry.Rename("other", "nothing")));
  CHECK(absl::IsInvalidArgument(registry.Rename("", "basic")));
}

TEST_CASE("who guesses too often waits, with the right password too; tokens go on") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  const auto identity = desk.LogIn("basic", "ann:secret1");
  REQUIRE(identity.ok());
  const auto token = desk.Issue(*identity);
  REQUIRE(token.ok());
  for (int i = 0; i < 5; ++i) {
    REQUIRE(FaultIn(desk.LogIn("basic", "ann:wrong12")) == Fault::kAuthenticationFailed);
  }
  CHECK(FaultIn(desk.LogIn("basic", "ann:secret1")) == Fault::kPolicyViolation);
  CHECK(desk.LogIn("token", token->secret).ok());
  desk.Enrol("bob:secret2", kBob);
  CHECK(desk.LogIn("basic", "bob:secret2").ok());
}

TEST_CASE("a password that is hashed too cheaply is hashed anew when its owner logs in") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  const auto former = desk.FindSecret("ann");
  {
    INFO("what is good enough stays");
    REQUIRE(desk.LogIn("basic", "ann:secret1").ok());
    CHECK(desk.FindSecret("ann") == former);
  }
  store::AuthRecord cheap;
  cheap.scheme = "basic";
  cheap.unique = "ann";
  cheap.user = kAnn;
  cheap.level = model::AuthLevel::kRoot;
  cheap.secret = CheapHashOf("secret1");
  REQUIRE(desk.Write({store::PutAuth{cheap, store::Expect::kPresent}}).ok());
  CHECK(FaultIn(desk.LogIn("basic", "ann:wrong12")) == Fault::kAuthenticationFailed);
  CHECK(desk.FindSecret("ann") == cheap.secret);
  REQUIRE(desk.LogIn("basic", "ann:secret1").ok());
  const std::string renewed = desk.FindSecret("ann");
  CHECK(renewed != cheap.secret);
  CHECK(renewed.find("m=19456,t=2") != std::string::npos);
  const auto identity = desk.LogIn("basic", "ann:secret1");
  REQUIRE(identity.ok());
  CHECK(identity->level == model::AuthLevel::kRoot);
}

store::AuthRecord ImportedRecord() {
  store::AuthRecord imported;
  imported.scheme = "basic";
  imported.unique = "ann";
  imported.user = kAnn;
  imported.level = model::AuthLevel::kAuth;
  imported.secret = "$2a$10$XajjQvNhvvRt5GSeFk1xFeyqRrsxkhBkUiQeg0dt.wU1qD4aFDcga";  // "allmine"
  return imported;
}

TEST_CASE("who comes from another server logs in with his password, and has our hash from then") {
  Desk desk;
  REQUIRE(desk.Write({store::PutAuth{ImportedRecord(), store::Expect::kAbsent}}).ok());
  CHECK(FaultIn(desk.LogIn("basic", "ann:allyours")) == Fault::kAuthenticationFailed);
  CHECK(desk.FindSecret("ann") == ImportedRecord().secret);
  REQUIRE(desk.LogIn("basic", "ann:allmine").ok());
  CHECK(desk.FindSecret("ann").starts_with("$argon2id$"));
  REQUIRE(desk.LogIn("basic", "ann:allmine").ok());
  CHECK(FaultIn(desk.LogIn("basic", "ann:allyours")) == Fault::kAuthenticationFailed);
}

TEST_CASE("a password that is changed while its former one is hashed anew stays changed") {
  Desk desk;
  REQUIRE(desk.Write({store::PutAuth{ImportedRecord(), store::Expect::kAbsent}}).ok());
  const auto changed = desk.PrepareChange("basic", ":secret2", kAnn);
  REQUIRE(changed.ok());
  // The write of the change is between the look at the record and the write of the new hash.
  const Fault fault = desk.LogInBeside("ann:allmine", changed->batch);
  CHECK(fault == Fault::kOk);
  CHECK(desk.LogIn("basic", "ann:secret2").ok());
  CHECK(FaultIn(desk.LogIn("basic", "ann:allmine")) == Fault::kAuthenticationFailed);
}

TEST_CASE("a scheme that asks back lets nobody in, and its question reaches the client") {
  Desk desk;
  const auto library = plugin::Library::Load(MOLVA_NAUGHTY, MOLVA_KIND_AUTH);
  REQUIRE(library.ok());
  auto asker = plugin::AuthPlugin::Open(*library, R"({"do":"ask back"})");
  REQUIRE(asker.ok());
  REQUIRE(desk.registry().Add(*std::move(asker)).ok());
  REQUIRE(desk.registry().Rename("riddle", "naughty").ok());
  store::AuthRecord ann;
  ann.scheme = "naughty";
  ann.unique = "ann";
  ann.user = kAnn;
  REQUIRE(desk.Write({store::PutAuth{ann}}).ok());
  const auto answer = desk.LogIn("riddle", "ann:word");
  CHECK(FaultIn(answer) == Fault::kChallenge);
  const auto challenge = auth::ChallengeOf(answer.status());
  REQUIRE(challenge.has_value());
  CHECK(challenge->scheme == "riddle");
  CHECK(challenge->bytes == "and then?");
  CHECK(challenge->wanted == auth::Challenge::Wanted::kAnswer);
  CHECK(FaultIn(desk.LogIn("riddle", "ann:words")) == Fault::kAuthenticationFailed);
}

// A desk with a scheme besides that hangs in `deed` while the file `trouble` is there.
class TroubledDesk : public Desk {
 public:
  explicit TroubledDesk(const std::string& deed) {
    const auto library = plugin::Library::Load(MOLVA_NAUGHTY, MOLVA_KIND_AUTH);
    REQUIRE(library.ok());
    runtime::CallRules rules;
    rules.deadline = absl::Milliseconds(200);
    rules.breaker_after = 2;
    rules.breaker_pause = absl::Milliseconds(100);
    rules.threads = 1;
    auto scheme = plugin::AuthPlugin::Open(
        *library, fmt::format(R"({{"do":"{}","while":"{}"}})", deed, folder_ / "trouble"), rules);
    REQUIRE(scheme.ok());
    gate_ = (*scheme)->shared_gate();
    REQUIRE(registry().Add(*std::move(scheme)).ok());
    REQUIRE(Write({store::PutAuth{{.scheme = "naughty",
                                   .unique = "ann",
                                   .user = kAnn,
                                   .level = model::AuthLevel::kAuth,
                                   .secret = {},
                                   .expires = std::nullopt}}})
                .ok());
    Enrol("bob:secret", kBob);
    std::ofstream(folder_ / "trouble").flush();
  }
  ~TroubledDesk() {
    AwaitReturns();
    CHECK(gate_->Stop(absl::Now() + absl::Seconds(20)));
  }
  // Until no call is under way, at most 20 s.
  void AwaitReturns() const {
    const absl::Time until = absl::Now() + absl::Seconds(20);
    while (counts().held > 0 && absl::Now() < until) absl::SleepFor(absl::Milliseconds(20));
  }
  void EndTrouble() const { std::filesystem::remove(folder_ / "trouble"); }
  runtime::CallGateCounts counts() const { return gate_->counts(); }

 private:
  TemporaryFolder folder_;
  std::shared_ptr<runtime::CallGate> gate_;  // shared with the scheme
};

TEST_CASE("a scheme that hangs is answered for, costs itself alone, and comes back") {
  const auto deed = GENERATE(as<std::string>(), "hang in verify", "hang in parse");
  TroubledDesk desk(deed);
  for (int i = 0; i < 3; ++i) {
    CHECK(FaultIn(desk.LogIn("naughty", "ann:word")) == Fault::kServiceUnavailable);
    CHECK(desk.LogIn("basic", "bob:secret").ok());
  }
  CHECK(desk.counts().timeouts >= 2);
  CHECK(desk.counts().timeouts + desk.counts().refused_open == 3);
  desk.EndTrouble();
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (!desk.LogIn("naughty", "ann:word").ok()) {
    REQUIRE(absl::Now() < until);
    absl::SleepFor(absl::Milliseconds(20));
  }
  CHECK(desk.counts().state == base::Breaker::State::kClosed);
  // A wrong secret is wrong again, and not a failure of the plugin.
  CHECK(FaultIn(desk.LogIn("naughty", "ann:words")) == Fault::kAuthenticationFailed);
  desk.AwaitReturns();
  CHECK(desk.counts().late == desk.counts().timeouts);
}

TEST_CASE("a scheme that still hangs when its node goes is left to itself") {
  auto desk = std::make_unique<TroubledDesk>("hang in verify");
  CHECK(FaultIn(desk->LogIn("naughty", "ann:word")) == Fault::kServiceUnavailable);
  desk->EndTrouble();
}

// What the authenticator of somebody shows now, whose secret is 16 times "A".
std::string CodeNow() {
  const std::int64_t step = absl::ToUnixSeconds(absl::Now()) / 30;
  std::array<unsigned char, 8> counter{};
  for (int i = 0; i < 8; ++i) {
    counter[static_cast<std::size_t>(i)] = static_cast<unsigned char>(step >> (56 - 8 * i));
  }
  const std::string secret(16, 'A');
  std::array<unsigned char, 20> mac{};
  unsigned size = 0;
  REQUIRE(HMAC(EVP_sha1(), secret.data(), 16, counter.data(), 8, mac.data(), &size) != nullptr);
  const std::size_t at = mac[19] & 15U;
  const unsigned number =
      (mac[at] & 0x7fU) << 24 | mac[at + 1] << 16 | mac[at + 2] << 8 | mac[at + 3];
  return fmt::format("{:06}", number % 1000000);
}

// Begins the second factor of `user`; his recovery codes.
std::vector<std::string> BeginSecond(Desk& desk, model::UserId user) {
  auto begun = desk.PrepareChange("totp", "on:IFAUCQKBIFAUCQKBIFAUCQKBIE:" + CodeNow(), user);
  INFO(begun.status().ToString());
  REQUIRE(begun.ok());
  CHECK(begun->told.size() == 10);
  REQUIRE(desk.Write(std::move(begun->batch)).ok());
  return begun->told;
}

std::string TicketOf(const absl::StatusOr<Identity>& answer) {
  REQUIRE(FaultIn(answer) == Fault::kChallenge);
  const auto challenge = auth::ChallengeOf(answer.status());
  REQUIRE(challenge.has_value());
  CHECK(challenge->scheme == "totp");
  CHECK(challenge->wanted == auth::Challenge::Wanted::kAnswer);
  return challenge->bytes;
}

TEST_CASE("who has a second factor is let in by the password and a code, each code once") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  desk.Enrol("bob:secret2", kBob);
  const auto codes = BeginSecond(desk, kAnn);
  CHECK(FaultIn(desk.LogIn("basic", "ann:wrong12")) == Fault::kAuthenticationFailed);
  const std::string ticket = TicketOf(desk.LogIn("basic", "ann:secret1"));
  CHECK(FaultIn(desk.LogIn("totp", "123:" + ticket)) == Fault::kAuthenticationFailed);
  const auto identity = desk.LogIn("totp", codes[0] + ":" + ticket);
  INFO(identity.status().ToString());
  REQUIRE(identity.ok());
  CHECK(identity->user == kAnn);
  CHECK(identity->may_log_in);
  const auto token = desk.Issue(*identity);
  REQUIRE(token.ok());
  CHECK(desk.LogIn("token", token->secret).ok());
  const std::string next = TicketOf(desk.LogIn("basic", "ann:secret1"));
  CHECK(FaultIn(desk.LogIn("totp", codes[0] + ":" + next)) == Fault::kAuthenticationFailed);
  CHECK(FaultIn(desk.LogIn("totp", codes[1] + ":" + ticket)) == Fault::kAuthenticationFailed);
  CHECK(desk.LogIn("totp", codes[1] + ":" + next).ok());
  CHECK(desk.LogIn("basic", "bob:secret2").ok());
}

TEST_CASE("of logins that come at once with one code, one is let in") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  const auto codes = BeginSecond(desk, kAnn);
  const std::string ticket = TicketOf(desk.LogIn("basic", "ann:secret1"));
  int let_in = 0;
  for (const Fault fault : desk.LogInAtOnce(4, codes[0] + ":" + ticket, "totp")) {
    if (fault == Fault::kOk) ++let_in;
  }
  CHECK(let_in == 1);
}

TEST_CASE("codes are guessed as slowly as passwords, at the login and beside it") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  const auto codes = BeginSecond(desk, kAnn);
  const std::string ticket = TicketOf(desk.LogIn("basic", "ann:secret1"));
  for (int i = 0; i < 3; ++i) {
    REQUIRE(FaultIn(desk.LogIn("totp", "123:" + ticket)) == Fault::kAuthenticationFailed);
  }
  for (int i = 0; i < 2; ++i) {
    REQUIRE(FaultIn(desk.PrepareChange("totp", "off:123", kAnn)) == Fault::kAuthenticationFailed);
  }
  CHECK(FaultIn(desk.LogIn("totp", codes[0] + ":" + ticket)) == Fault::kPolicyViolation);
  CHECK(FaultIn(desk.PrepareChange("totp", "off:" + codes[0], kAnn)) == Fault::kPolicyViolation);
}

TEST_CASE("a second factor that has ended is asked for no more") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  const auto codes = BeginSecond(desk, kAnn);
  CHECK(FaultIn(desk.PrepareChange("totp", "on:IFAUCQKBIFAUCQKBIFAUCQKBIE:" + CodeNow(), kAnn)) ==
        Fault::kDuplicateCredential);
  auto ended = desk.PrepareChange("totp", "off:" + codes[0], kAnn);
  REQUIRE(ended.ok());
  REQUIRE(desk.Write(ended->batch).ok());
  CHECK(desk.LogIn("basic", "ann:secret1").ok());
  // The same once more comes too late: there is nothing to end.
  CHECK(absl::IsNotFound(desk.Write(ended->batch)));
}

TEST_CASE("where a second factor is required, a password is good for setting it up alone") {
  Desk desk;
  desk.Enrol("ann:secret1", kAnn);
  REQUIRE(desk.registry().RequireSecond().ok());
  CHECK_FALSE(desk.PrepareNew("basic", "cid:secret3")->logs_in);
  CHECK(desk.PrepareNew("anonymous", "")->logs_in);
  const auto refused = desk.LogIn("basic", "ann:secret1");
  const auto challenge = auth::ChallengeOf(refused.status());
  REQUIRE(challenge.has_value());
  CHECK(challenge->wanted == auth::Challenge::Wanted::kEnrolment);
  const auto proved = desk.LogIn("totp", ":" + challenge->bytes);
  REQUIRE(proved.ok());
  CHECK(proved->user == kAnn);
  CHECK_FALSE(proved->may_log_in);
  const auto codes = BeginSecond(desk, kAnn);
  CHECK(FaultIn(desk.LogIn("totp", ":" + challenge->bytes)) == Fault::kAuthenticationFailed);
  const std::string ticket = TicketOf(desk.LogIn("basic", "ann:secret1"));
  CHECK(desk.LogIn("totp", codes[0] + ":" + ticket).ok());
}

TEST_CASE("a second factor cannot be required where no scheme is one") {
  auth::SchemeRegistry registry;
  REQUIRE(registry.Add(OpenScheme("basic")).ok());
  CHECK(absl::IsFailedPrecondition(registry.RequireSecond()));
  CHECK_FALSE(registry.requires_second());
}

}  // namespace
}  // namespace molva::test
