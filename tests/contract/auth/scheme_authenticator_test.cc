// Accounts and logins through the authenticator of a shard, with the real schemes and a real pool.
#include "auth/scheme_authenticator.h"

#include <chrono>
#include <future>

#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "runtime/asio_shard.h"
#include "runtime/blocking_pool.h"
#include "tests/support/catch.h"
#include "tests/support/memory_store.h"

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
  explicit Desk(std::size_t max_queued = 64)
      : shard_(0), pool_({.name = "auth", .threads = 2, .max_queued = max_queued}), store_(shard_) {
    AddScheme("basic", "{}");
    AddScheme("token", R"({"key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})");
    AddScheme("anonymous", "{}");
    authenticator_ = std::make_unique<auth::SchemeAuthenticator>(shard_, store_, pool_, registry_);
    shard_.Start();
  }
  ~Desk() {
    pool_.Stop();
    shard_.Stop();
  }

  absl::StatusOr<Identity> LogIn(const std::string& scheme, const std::string& secret) {
    return Ask<Identity>([=](Authenticator& desk, auto done) {
      desk.Authenticate(scheme, secret, std::move(done));
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
    std::promise<absl::StatusOr<auth::Token>> promise;
    shard_.Post([&] { promise.set_value(authenticator_->IssueToken(identity)); });
    return Wait(promise.get_future());
  }
  absl::Status Write(store::Batch batch) {
    std::promise<absl::Status> promise;
    shard_.Post([this, &promise, batch = std::move(batch)]() mutable {
      store_.Write(std::move(batch), [&promise](absl::Status s) { promise.set_value(s); });
    });
    return Wait(promise.get_future());
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
  std::vector<Fault> LogInAtOnce(int count, const std::string& secret) {
    std::vector<std::promise<absl::StatusOr<Identity>>> promises(static_cast<std::size_t>(count));
    shard_.Post([&] {
      for (auto& promise : promises) {
        authenticator_->Authenticate("basic", secret, [&promise](absl::StatusOr<Identity> answer) {
          promise.set_value(std::move(answer));
        });
      }
    });
    std::vector<Fault> faults;
    for (auto& promise : promises) {
      faults.push_back(model::FaultOf(Wait(promise.get_future()).status()));
    }
    return faults;
  }
  MemoryDisk& disk() { return store_.disk(); }
  auth::SchemeRegistry& registry() { return registry_; }

 private:
  void AddScheme(const std::string& name, const std::string& config) {
    const auto library = plugin::Library::Load(
        plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, name), MOLVA_KIND_AUTH);
    REQUIRE(library.ok());
    auto scheme = plugin::AuthPlugin::Open(*library, config);
    REQUIRE(scheme.ok());
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

  auth::SchemeRegistry registry_;
  runtime::AsioShard shard_;
  runtime::BlockingPool pool_;
  MemoryStore store_;
  std::unique_ptr<auth::SchemeAuthenticator> authenticator_;
};

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

TEST_CASE("a scheme that is there already is not added") {
  Desk desk;
  const auto library = plugin::Library::Load(
      plugin::LocatePlugin(MOLVA_PLUGIN_FOLDER, MOLVA_KIND_AUTH, "basic"), MOLVA_KIND_AUTH);
  auto again = plugin::AuthPlugin::Open(*library, "{}");
  REQUIRE(again.ok());
  CHECK(absl::IsAlreadyExists(desk.registry().Add(*std::move(again))));
}

}  // namespace
}  // namespace molva::test
