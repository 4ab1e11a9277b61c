#include "topic/query_plan.h"

#include "model/fault.h"
#include "tests/support/catch.h"

namespace molva::topic {
namespace {

using model::Fault;
using model::FaultOf;
using model::GetOptions;
using model::GetQuery;
using Parts = std::vector<Part>;

GetQuery Asking(std::string what) {
  GetQuery query;
  query.what = std::move(what);
  return query;
}

TEST_CASE("the parts are answered in protocol order, each once", "[query_plan]") {
  const GetQuery all = Asking("aux cred tags del data sub desc");
  CHECK(*PlanQuery(all, PlanOrder::kGet) == Parts{Part::kDesc, Part::kSub, Part::kData, Part::kDel,
                                                  Part::kTags, Part::kCred, Part::kAux});
  CHECK(*PlanQuery(all, PlanOrder::kSub) == Parts{Part::kDesc, Part::kSub, Part::kTags, Part::kCred,
                                                  Part::kAux, Part::kData, Part::kDel});
  CHECK(*PlanQuery(Asking("data desc data"), PlanOrder::kGet) == Parts{Part::kDesc, Part::kData});
  CHECK(*PlanQuery(Asking("  desc   "), PlanOrder::kGet) == Parts{Part::kDesc});
}

TEST_CASE("unknown words are passed over unless there is nothing else", "[query_plan]") {
  CHECK(*PlanQuery(Asking("foo desc bar"), PlanOrder::kGet) == Parts{Part::kDesc});
  for (const char* what : {"", " ", "foo", "DESC", "creds", "desc,sub"}) {
    CAPTURE(what);
    CHECK(FaultOf(PlanQuery(Asking(what), PlanOrder::kGet).status()) == Fault::kMalformed);
  }
}

TEST_CASE("behind the eighth word all is one unknown word", "[query_plan]") {
  CHECK(*PlanQuery(Asking("a b c d e f g desc"), PlanOrder::kGet) == Parts{Part::kDesc});
  CHECK(*PlanQuery(Asking("a b c d e f sub desc data"), PlanOrder::kGet) == Parts{Part::kSub});
  CHECK(FaultOf(PlanQuery(Asking("a b c d e f g desc data"), PlanOrder::kGet).status()) ==
        Fault::kMalformed);
}

// Asks for desc with `change` made to the options of one part.
template <typename Change>
Fault Outcome(std::optional<GetOptions> GetQuery::* part, Change change) {
  GetQuery query = Asking("desc");
  change((query.*part).emplace());
  return FaultOf(PlanQuery(query, PlanOrder::kGet).status());
}

TEST_CASE("an option that does not fit its part is refused", "[query_plan]") {
  const auto ims = [](GetOptions& o) { o.if_modified_since = absl::UnixEpoch(); };
  const auto user = [](GetOptions& o) { o.user = "usr1"; };
  const auto topic = [](GetOptions& o) { o.topic = "grp1"; };
  const auto since = [](GetOptions& o) { o.since = 1; };
  const auto before = [](GetOptions& o) { o.before = 1; };
  const auto limit = [](GetOptions& o) { o.limit = 1; };
  CHECK(Outcome(&GetQuery::desc, ims) == Fault::kOk);
  CHECK(Outcome(&GetQuery::desc, user) == Fault::kMalformed);
  CHECK(Outcome(&GetQuery::desc, limit) == Fault::kMalformed);
  CHECK(Outcome(&GetQuery::sub, ims) == Fault::kOk);
  CHECK(Outcome(&GetQuery::sub, user) == Fault::kOk);
  CHECK(Outcome(&GetQuery::sub, topic) == Fault::kOk);
  CHECK(Outcome(&GetQuery::sub, limit) == Fault::kOk);
  CHECK(Outcome(&GetQuery::sub, since) == Fault::kMalformed);
  CHECK(Outcome(&GetQuery::sub, before) == Fault::kMalformed);
  for (const auto part : {&GetQuery::data, &GetQuery::del}) {
    CHECK(Outcome(part, since) == Fault::kOk);
    CHECK(Outcome(part, before) == Fault::kOk);
    CHECK(Outcome(part, limit) == Fault::kOk);
    CHECK(Outcome(part, ims) == Fault::kMalformed);
    CHECK(Outcome(part, user) == Fault::kMalformed);
    CHECK(Outcome(part, topic) == Fault::kMalformed);
  }
}

TEST_CASE("negative bounds are refused", "[query_plan]") {
  for (const auto part : {&GetQuery::data, &GetQuery::del}) {
    CHECK(Outcome(part, [](GetOptions& o) { o.since = -1; }) == Fault::kMalformed);
    CHECK(Outcome(part, [](GetOptions& o) { o.before = -1; }) == Fault::kMalformed);
    CHECK(Outcome(part, [](GetOptions& o) { o.limit = -1; }) == Fault::kMalformed);
  }
  CHECK(Outcome(&GetQuery::sub, [](GetOptions& o) { o.limit = -5; }) == Fault::kMalformed);
}

TEST_CASE("an empty result names its part", "[query_plan]") {
  CHECK(WordOf(Part::kSub) == "sub");
  CHECK(WordOf(Part::kData) == "data");
  CHECK(WordOf(Part::kDel) == "del");
  CHECK(WordOf(Part::kTags) == "tags");
  CHECK(WordOf(Part::kCred) == "creds");
  CHECK(WordOf(Part::kAux) == "aux");
  CHECK(WordOf(Part::kDesc) == "desc");
}

}  // namespace
}  // namespace molva::topic
