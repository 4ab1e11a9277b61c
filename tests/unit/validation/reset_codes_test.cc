#include "validation/reset_codes.h"

#include <algorithm>
#include <memory>

#include "model/fault.h"
#include "tests/support/catch.h"
#include "tests/support/mailbox.h"
#include "tests/support/memory_store.h"
#include "tests/support/sim_world.h"

namespace molva::validation {
namespace {

using model::Fault;

constexpr auto kAnn = model::UserId::FromBits(7);

// Two shards over one disk; ann has confirmed ann@x and logs in as "ann".
class TwoShards {
 public:
  explicit TwoShards(std::uint64_t seed) : world_(seed) {
    Rules rules;
    rules.required_for = {model::AuthLevel::kAuth};
    REQUIRE(bench_.registry.Add(std::make_unique<test::MailboxValidator>("email", mailbox_), rules)
                .ok());
    for (int i = 0; i < 2; ++i) {
      test::SimShard& shard = world_.AddShard(i);
      stores_.push_back(std::make_unique<test::MemoryStore>(shard, disk_));
      gates_.push_back(std::make_unique<test::ShardGate>(shard, *stores_.back(), bench_));
    }
    store::UserRecord user;
    user.id = kAnn;
    store::AuthRecord secret;
    secret.scheme = "basic";
    secret.unique = "ann";
    secret.user = kAnn;
    store::CredentialRecord contact;
    contact.user = kAnn;
    contact.method = "email";
    contact.value = "ann@x";
    contact.is_done = true;
    stores_[0]->Write({store::PutUser{user}, store::PutAuth{secret}, store::PutCredential{contact}},
                      [](const absl::Status& status) { REQUIRE(status.ok()); });
    world_.Settle();
  }

  // The code in the letter.
  std::string Ask() {
    gates_[0]->reset_codes.Ask("basic:email:ann@x", "",
                               [](const absl::Status& status) { REQUIRE(status.ok()); });
    world_.Settle();
    const std::optional<Letter> letter = mailbox_->Take("ann@x");
    REQUIRE(letter.has_value());
    return letter->code;
  }
  // How long the answer takes on a slow disk. It is always the same one.
  absl::Duration TimeOfAnswer(const std::string& contact) {
    constexpr absl::Duration kStep = absl::Milliseconds(1);
    disk_->SetDelay(10 * kStep);
    bool is_answered = false;
    gates_[0]->reset_codes.Ask("basic:email:" + contact, "", [&](const absl::Status& status) {
      CHECK(status.ok());
      is_answered = true;
    });
    absl::Duration time;
    for (; !is_answered && time < absl::Seconds(1); time += kStep) world_.Advance(kStep);
    disk_->SetDelay(absl::ZeroDuration());
    REQUIRE(is_answered);
    return time;
  }
  void Suspend() {
    store::UserRecord user;
    user.id = kAnn;
    user.state = store::State::kSuspended;
    stores_[0]->Write({store::PutUser{user}},
                      [](const absl::Status& status) { REQUIRE(status.ok()); });
    world_.Settle();
  }
  // All at once, on both shards in turn.
  std::vector<Fault> Redeem(const std::vector<std::string>& codes) {
    std::vector<Fault> outcomes;
    for (std::size_t i = 0; i < codes.size(); ++i) {
      gates_[i % 2]->reset_codes.Redeem(codes[i] + ":email:ann@x", "",
                                        [&outcomes](const absl::StatusOr<auth::Identity>& who) {
                                          outcomes.push_back(model::FaultOf(who.status()));
                                          if (who.ok()) CHECK(who->user == kAnn);
                                          if (who.ok()) CHECK_FALSE(who->may_log_in);
                                        });
    }
    world_.Settle();
    REQUIRE(outcomes.size() == codes.size());
    return outcomes;
  }
  void Wait(absl::Duration span) { world_.Advance(span); }
  std::size_t Values() {
    return disk_->With(
        [](const test::MemoryDatabase& disk) { return disk.ListValues("", 100).size(); });
  }
  void StartCollecting() { gates_[0]->reset_codes.StartCollecting(); }

 private:
  test::SimWorld world_;
  test::ValidationBench bench_{world_};
  const std::shared_ptr<test::Mailbox> mailbox_ = std::make_shared<test::Mailbox>();
  const std::shared_ptr<test::MemoryDisk> disk_ = std::make_shared<test::MemoryDisk>();
  std::vector<std::unique_ptr<test::MemoryStore>> stores_;
  std::vector<std::unique_ptr<test::ShardGate>> gates_;
};

std::size_t CountOk(const std::vector<Fault>& outcomes) {
  return static_cast<std::size_t>(std::count(outcomes.begin(), outcomes.end(), Fault::kOk));
}

}  // namespace

TEST_CASE("of those who come with a code at once one is let through", "[validation]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    TwoShards node(seed);
    const std::string code = node.Ask();
    CHECK(CountOk(node.Redeem({code, code, code})) == 1);
    CHECK(CountOk(node.Redeem({code})) == 0);
    // Who came too late may have left the row of his try behind; it is nobody's, and does not
    // stand in the way of the next code.
    CHECK(node.Values() <= 2);
    CHECK(CountOk(node.Redeem({node.Ask()})) == 1);
  }
}

TEST_CASE("who guesses from everywhere at once has no more tries", "[validation]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    INFO("seed " << seed);
    TwoShards node(seed);
    const std::string code = node.Ask();
    CHECK(CountOk(node.Redeem(std::vector<std::string>(8, "wrong"))) == 0);
    CHECK(CountOk(node.Redeem({code})) == 0);
    CHECK(node.Values() == 1 + 3);  // the code, and a row for each of its tries
  }
}

TEST_CASE("how long an answer takes does not tell whose contact it is", "[validation]") {
  TwoShards node(1);
  const absl::Duration known = node.TimeOfAnswer("ann@x");
  CHECK(known > absl::ZeroDuration());
  CHECK(node.Values() == 1);
  CHECK(node.TimeOfAnswer("bob@x") == known);
  CHECK(node.Values() == 1);  // strangers leave nothing behind
  TwoShards other(1);
  other.Suspend();
  CHECK(other.TimeOfAnswer("ann@x") == known);
  CHECK(other.Values() == 0);
}

TEST_CASE("codes that nobody has used are forgotten in the end", "[validation]") {
  TwoShards node(1);
  node.StartCollecting();
  const std::string code = node.Ask();
  node.Redeem({"wrong"});
  CHECK(node.Values() == 2);
  node.Wait(absl::Minutes(14));
  CHECK(node.Values() == 2);
  node.Wait(absl::Minutes(17));
  CHECK(node.Values() == 0);
  CHECK(CountOk(node.Redeem({code})) == 0);
}

}  // namespace molva::validation
