// A library that was built when the contract was new, under the host of today.
#include <chrono>
#include <future>
#include <utility>

#include "auth/scheme_authenticator.h"
#include "model/fault.h"
#include "plugin/auth_adapter.h"
#include "plugin/library.h"
#include "runtime/asio_shard.h"
#include "tests/support/catch.h"
#include "tests/support/memory_store.h"

namespace molva::test {
namespace {

constexpr auto kAnn = model::UserId::FromBits(11);

// The library on a shard and a pool of its own.
//
// Thread: the test's; each call waits for its answer, at most 20 s.
class ElderDesk {
 public:
  ElderDesk() : shard_(0), store_(shard_) {
    const auto library = plugin::Library::Load(MOLVA_AUTH_ELDER, MOLVA_KIND_AUTH);
    INFO(library.status().ToString());
    REQUIRE(library.ok());
    CHECK(library->AbiText() == "1.0");
    auto scheme = plugin::AuthPlugin::Open(*library, "{}");
    REQUIRE(scheme.ok());
    calls_ = (*scheme)->calls();
    gate_ = (*scheme)->shared_gate();
    REQUIRE(registry_.Add(*std::move(scheme)).ok());
    desk_ = std::make_unique<auth::SchemeAuthenticator>(shard_, store_, registry_, throttle_);
    shard_.Start();
  }
  ~ElderDesk() {
    CHECK(gate_->Stop(absl::Now() + absl::Seconds(20)));
    shard_.Stop();
  }

  absl::StatusOr<auth::NewAuth> PrepareNew(const std::string& secret) {
    std::promise<absl::StatusOr<auth::NewAuth>> promise;
    shard_.Post([&] {
      desk_->PrepareNew("elder_1_0", secret, [&promise](absl::StatusOr<auth::NewAuth> answer) {
        promise.set_value(std::move(answer));
      });
    });
    return Wait(promise);
  }
  absl::Status Keep(const store::AuthRecord& record) {
    std::promise<absl::Status> promise;
    shard_.Post([&] {
      store_.Write({store::PutAuth{record, store::Expect::kAbsent}},
                   [&promise](absl::Status status) { promise.set_value(std::move(status)); });
    });
    return Wait(promise);
  }
  absl::StatusOr<auth::Identity> LogIn(const std::string& secret) {
    std::promise<absl::StatusOr<auth::Identity>> promise;
    shard_.Post([&] {
      desk_->Authenticate("elder_1_0", secret, "192.0.2.1",
                          [&promise](absl::StatusOr<auth::Identity> answer) {
                            promise.set_value(std::move(answer));
                          });
    });
    return Wait(promise);
  }
  // How often `call` was made.
  std::uint64_t Asked(std::string_view call) const {
    for (const plugin::CallStats::Sum& sum : calls_->Read()) {
      if (sum.call == call) return sum.below.back();
    }
    return 0;
  }

 private:
  template <typename T>
  static T Wait(std::promise<T>& promise) {
    std::future<T> future = promise.get_future();
    REQUIRE(future.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    return future.get();
  }

  auth::SchemeRegistry registry_;
  runtime::AsioShard shard_;
  std::shared_ptr<runtime::CallGate> gate_;  // shared with the scheme
  MemoryStore store_;
  auth::LoginThrottle throttle_{{.account_failures = 5, .address_failures = 1000}, 1};
  std::unique_ptr<auth::SchemeAuthenticator> desk_;
  std::shared_ptr<const plugin::CallStats> calls_;
};

TEST_CASE("a library that was built for ABI 1.0 still logs people in") {
  ElderDesk desk;
  auto fresh = desk.PrepareNew("ann:secret1");
  INFO(fresh.status().ToString());
  REQUIRE(fresh.ok());
  CHECK(fresh->record.unique == "ann");
  CHECK(fresh->level == model::AuthLevel::kAuth);
  CHECK(fresh->tags == std::vector<std::string>{"elder:ann"});
  CHECK(fresh->record.secret != "secret1");
  fresh->record.user = kAnn;
  REQUIRE(desk.Keep(fresh->record).ok());

  const auto identity = desk.LogIn("ann:secret1");
  INFO(identity.status().ToString());
  REQUIRE(identity.ok());
  CHECK(identity->user == kAnn);
  CHECK_FALSE(identity->expires.has_value());
  const auto wrong = desk.LogIn("ann:secret2");
  CHECK(model::FaultOf(wrong.status()) == model::Fault::kAuthenticationFailed);
  CHECK(desk.Asked("verify") == 2);
  CHECK(desk.Asked("is_stale") == 0);
  CHECK(desk.Asked("adopt") == 0);
}

TEST_CASE("what an old library says of its settings is heard") {
  const auto library = plugin::Library::Load(MOLVA_AUTH_ELDER, MOLVA_KIND_AUTH);
  REQUIRE(library.ok());
  const auto opened = plugin::AuthPlugin::Open(*library, R"({"colour":"red"})");
  CHECK_FALSE(opened.ok());
  CHECK(std::string(opened.status().message()).find("nothing to configure") != std::string::npos);
}

}  // namespace
}  // namespace molva::test
