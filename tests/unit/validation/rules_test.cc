#include "validation/rules.h"

#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::validation {
namespace {

using model::Fault;

const model::UserId kAnn = model::UserId::FromBits(7);
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

// Takes the response that the row keeps, as it stands.
class PlainJudge final : public Judge {
 public:
  bool IsRight(const store::CredentialRecord& row, std::string_view response) const override {
    return row.response == response;
  }
};

// What a batch makes of the rows of one account.
Rows Apply(Rows rows, const store::Batch& batch) {
  for (const store::Mutation& mutation : batch) {
    const auto* put = std::get_if<store::PutCredential>(&mutation);
    const auto* erase = std::get_if<store::EraseCredential>(&mutation);
    const std::string value = put != nullptr ? put->credential.value : erase->value;
    std::erase_if(rows, [&value](const auto& row) { return row.value == value; });
    if (put != nullptr) rows.push_back(put->credential);
  }
  return rows;
}

Rows Ask(const Rows& rows, const std::string& value, const std::string& code, absl::Time now) {
  return Apply(rows, PlanRequest(rows, kAnn, {"email", value}, code, now));
}

Rows Answer(const Rows& rows, const std::string& code, absl::Time now, Fault expected) {
  const Judgement judgement = PlanAnswer(rows, "email", code, {}, PlainJudge(), now);
  CHECK(model::FaultOf(judgement.status) == expected);
  CHECK(judgement.confirmed.has_value() == (expected == Fault::kOk));
  return Apply(rows, judgement.batch);
}

int Visible(const Rows& rows) {
  int count = 0;
  for (const store::CredentialRecord& row : rows) count += IsHidden(row) ? 0 : 1;
  return count;
}

}  // namespace

SCENARIO("a new code takes the place of the one before", "[validation]") {
  GIVEN("a contact that waits for a code") {
    const Rows rows = Ask({}, "a@x", "111", kNow);
    REQUIRE(Visible(rows) == 1);
    WHEN("another contact of the method is named") {
      const Rows other = Ask(rows, "b@x", "222", kNow);
      THEN("only that one waits") {
        CHECK(other.size() == 1);
        Answer(other, "111", kNow, Fault::kInvalidResponse);
        CHECK(Answer(other, "222", kNow, Fault::kOk).front().is_done);
      }
    }
    WHEN("the code is asked for again") {
      const Rows again = Ask(rows, "a@x", "333", kNow);
      THEN("only the new one is good") {
        Answer(again, "111", kNow, Fault::kInvalidResponse);
        Answer(again, "333", kNow, Fault::kOk);
      }
    }
  }
}

SCENARIO("wrong codes are counted, whatever is done in between", "[validation]") {
  GIVEN("a contact at which somebody has guessed twice") {
    Rows rows = Ask({}, "a@x", "111", kNow);
    rows = Answer(rows, "1", kNow, Fault::kInvalidResponse);
    rows = Answer(rows, "2", kNow, Fault::kInvalidResponse);
    WHEN("it is taken away and named again") {
      const absl::StatusOr<Removal> removal = PlanRemoval(rows, {"email", "a@x"}, Need::kYes, kNow);
      REQUIRE(removal.ok());
      const Rows hidden = Apply(rows, removal->batch);
      CHECK(Visible(hidden) == 0);
      const Rows again = Ask(hidden, "a@x", "222", kNow);
      THEN("one guess is left") {
        const Rows after = Answer(again, "3", kNow, Fault::kInvalidResponse);
        Answer(after, "222", kNow, Fault::kPolicyViolation);
      }
    }
    WHEN("a day goes by") {
      const absl::Time later = kNow + kCodeLife;
      THEN("the code is too old, and a new one starts afresh") {
        Answer(rows, "111", later, Fault::kInvalidResponse);
        const Rows again = Ask(rows, "a@x", "222", later);
        REQUIRE(again.size() == 1);
        CHECK(again.front().retries == 0);
      }
    }
  }
}

SCENARIO("the last confirmed contact of a required method stays", "[validation]") {
  GIVEN("two confirmed contacts and one that waits") {
    Rows rows = Answer(Ask({}, "a@x", "1", kNow), "1", kNow, Fault::kOk);
    rows = Answer(Ask(rows, "b@x", "2", kNow), "2", kNow, Fault::kOk);
    rows = Ask(rows, "c@x", "3", kNow);
    THEN("one of them may go, then no more but the one that waits") {
      absl::StatusOr<Removal> removal = PlanRemoval(rows, {"email", "a@x"}, Need::kYes, kNow);
      REQUIRE(removal.ok());
      CHECK(removal->was_done);
      rows = Apply(rows, removal->batch);
      removal = PlanRemoval(rows, {"email", "b@x"}, Need::kYes, kNow);
      CHECK(model::FaultOf(removal.status()) == Fault::kPolicyViolation);
      CHECK(PlanRemoval(rows, {"email", "b@x"}, Need::kNo, kNow).ok());
      removal = PlanRemoval(rows, {"email", "c@x"}, Need::kYes, kNow);
      REQUIRE(removal.ok());
      CHECK_FALSE(removal->was_done);
      removal = PlanRemoval(rows, {"email", "d@x"}, Need::kYes, kNow);
      CHECK(model::FaultOf(removal.status()) == Fault::kNoAction);
    }
  }
}

TEST_CASE("what is missing is what has nothing confirmed", "[validation]") {
  const Rows waiting = Ask({}, "a@x", "1", kNow);
  CHECK(Missing(waiting, {"email", "tel"}) == std::vector<std::string>{"email", "tel"});
  const Rows done = Answer(waiting, "1", kNow, Fault::kOk);
  CHECK(Missing(done, {"email", "tel"}) == std::vector<std::string>{"tel"});
  CHECK(Missing(done, {}).empty());
}

}  // namespace molva::validation
