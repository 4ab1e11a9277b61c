// Moderation: what people of this server and of others want is judged before it takes effect.
#include <map>
#include <memory>

#include "tests/support/catch.h"
#include "tests/support/sim_judge.h"
#include "tests/unit/federated_topic/servers.h"

using molva::moderation::OnFailure;
using molva::moderation::Ruling;
using molva::moderation::Subject;
using molva::test::Seats;
using molva::test::Servers;
using molva::test::SimJudge;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")
#define NOTHING(session, json) CHECK(servers.Silent(session, json) == "")

namespace {

// A judge on one of the servers, who outlives them.
struct Court {
  explicit Court(OnFailure on_failure = OnFailure::kClosed)
      : owned(std::make_unique<SimJudge>()),
        judge(*owned),
        seats(molva::test::BenchOf(std::move(owned), on_failure)) {}

  std::unique_ptr<SimJudge> owned;  // until the seats have it
  SimJudge& judge;
  const Seats seats;
};

// Ann and Ben in a group of a.test, where the judge sits; $G is the group.
class OneServer : public Servers {
 public:
  explicit OneServer(const Court& court) : Servers({"a.test"}, {{"a.test", &court.seats}}, {}) {
    Account("ann", "a.test");
    Account("ben", "a.test");
    Send("ann", R"({"sub":{"id":"new","topic":"new1"}})");
    REQUIRE(Expect("ann", R"({"ctrl":{"id":"new","code":200,"topic":"$G"}})") == "");
    Send("ben", R"({"sub":{"id":"in","topic":"$G"}})");
    Clear();
  }
  // An administrator who reads `sys`.
  void Admin() {
    Account("boss", "a.test");
    at("a.test").node().DoToAccount(molva::session::AccountAction::kPromote, "boss",
                                    [](const auto& done) { REQUIRE(done.ok()); });
    Open("admin", "boss");
    Send("admin", R"({"sub":{"id":"sys","topic":"sys"}})");
    REQUIRE(Expect("admin", R"({"ctrl":{"id":"sys","code":200}})") == "");
    Clear();
  }
};

// Alice on a.test, where the home of her topic with Bob of b.test is.
class TwoServers : public Servers {
 public:
  explicit TwoServers(const std::string& judges_at, const Court& court)
      : Servers({"a.test", "b.test"}, {{judges_at, &court.seats}}, {}) {
    Account("alice", "a.test");
    Account("bob", "b.test");
  }
};

}  // namespace

SCENARIO("a message is accepted, dropped, refused or changed as the judge says", "[moderation]") {
  Court court;
  OneServer servers(court);
  WHEN("it is accepted") {
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"hello"}})");
    THEN("it goes its way") {
      GOT("ann", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
      GOT("ben", R"({"data":{"topic":"$G","from":"$ann","seq":1,"content":"hello"}})");
    }
  }
  WHEN("it is dropped") {
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"drop me"}})");
    THEN("its author sees a success, and nobody anything") {
      GOT("ann", R"({"ctrl":{"id":"1","code":202,"params":{"seq":0}}})");
      NOTHING("ben", R"({"data":{"topic":"$G"}})");
      servers.Send("ann", R"({"pub":{"id":"2","topic":"$G","content":"next"}})");
      GOT("ben", R"({"data":{"topic":"$G","seq":1,"content":"next"}})");
    }
  }
  WHEN("it is refused") {
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"refuse me"}})");
    THEN("its author reads why") {
      GOT("ann", R"({"ctrl":{"id":"1","code":403,"text":"be kind","topic":"$G"}})");
      NOTHING("ben", R"({"data":{"topic":"$G"}})");
    }
  }
  WHEN("it is changed") {
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"mask me"}})");
    THEN("nobody reads what it was") {
      GOT("ann", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
      GOT("ben", R"({"data":{"topic":"$G","seq":1,"content":"****"}})");
      servers.Send("ben", R"({"get":{"id":"2","topic":"$G","what":"data"}})");
      GOT("ben", R"({"data":{"topic":"$G","seq":1,"content":"****"}})");
    }
  }
  WHEN("it is an edit") {
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"hello"}})");
    servers.Send("ann", R"({"pub":{"id":"2","topic":"$G","head":{"replace":":1"},)"
                        R"("content":"refuse me"}})");
    THEN("it is judged too") {
      GOT("ann", R"({"ctrl":{"id":"2","code":403}})");
      CHECK(court.judge.asked.back().replaces == ":1");
    }
  }
  WHEN("it would be refused anyway") {
    const std::size_t asked = court.judge.asked.size();
    servers.Send("ben", R"({"leave":{"id":"1","topic":"$G","unsub":true}})");
    servers.Send("ben", R"({"pub":{"id":"2","topic":"$G","content":"hello"}})");
    THEN("nobody is asked") {
      GOT("ben", R"({"ctrl":{"id":"2","code":409}})");
      CHECK(court.judge.asked.size() == asked);
    }
  }
}

SCENARIO("what is in quarantine is found by the administrators, who may let it pass",
         "[moderation]") {
  Court court;
  OneServer servers(court);
  servers.Admin();
  servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","head":{"mime":"text/plain"},)"
                      R"("content":"hold me"}})");
  GOT("ann", R"({"ctrl":{"id":"1","code":202,"params":{"seq":0}}})");
  NOTHING("ben", R"({"data":{"topic":"$G"}})");
  GOT("admin", R"({"data":{"topic":"sys","seq":1,"content":{"quarantine":{"what":"message",)"
               R"("by":"sim","reason":"be kind","topic":"$G","author":"$ann",)"
               R"("head":{"mime":"text/plain"},"content":"hold me"}}}})");
  WHEN("the administrator publishes it in the author's name") {
    servers.Send("admin", R"({"sub":{"id":"2","topic":"$G"},"extra":{"obo":"$ann"}})");
    servers.Send("admin", R"({"pub":{"id":"3","topic":"$G","head":{"mime":"text/plain"},)"
                          R"("content":"hold me"},"extra":{"obo":"$ann"}})");
    THEN("nobody is asked again, and it is hers") {
      GOT("admin", R"({"ctrl":{"id":"3","code":202}})");
      GOT("ben", R"({"data":{"topic":"$G","from":"$ann","seq":1,"content":"hold me"}})");
    }
  }
  WHEN("the node dies") {
    servers.Restart("a.test");
    servers.Open("admin", "boss");
    servers.Send("admin", R"({"sub":{"id":"2","topic":"sys","get":{"what":"data"}}})");
    THEN("what the author was told is kept is there") {
      GOT("admin",
          R"({"data":{"topic":"sys","seq":1,"content":{"quarantine":{"author":"$ann"}}}})");
    }
  }
}

SCENARIO("while one message waits for its verdict, those behind it keep their places",
         "[moderation]") {
  Court court;
  court.seats.front()->deadline = absl::Seconds(30);
  OneServer servers(court);
  servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"slow one"}})");
  servers.Send("ann", R"({"pub":{"id":"2","topic":"$G","content":"two"}})");
  servers.Send("ann", R"({"leave":{"id":"3","topic":"$G"}})");
  NOTHING("ben", R"({"data":{"topic":"$G"}})");
  court.judge.AnswerSlow();
  servers.Wait(absl::Milliseconds(10));
  GOT("ben", R"({"data":{"topic":"$G","seq":1,"content":"slow one"}})");
  GOT("ben", R"({"data":{"topic":"$G","seq":2,"content":"two"}})");
  GOT("ann", R"({"ctrl":{"id":"3","code":200}})");
}

SCENARIO("a judge who does not answer stops what it wants to see, or does not", "[moderation]") {
  GIVEN("an operator who wants nothing to pass unseen") {
    Court court(OnFailure::kClosed);
    OneServer servers(court);
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"silent"}})");
    servers.Wait(absl::Seconds(3));
    GOT("ann", R"({"ctrl":{"id":"1","code":503}})");
    CHECK(court.judge.forgotten == 1);
    CHECK(court.seats.front()->stats.overdue == 1);
    servers.Send("ann", R"({"pub":{"id":"2","topic":"$G","content":"hello"}})");
    GOT("ben", R"({"data":{"topic":"$G","seq":1,"content":"hello"}})");
  }
  GIVEN("an operator who wants the node to go on") {
    Court court(OnFailure::kOpen);
    OneServer servers(court);
    servers.Send("ann", R"({"pub":{"id":"1","topic":"$G","content":"silent"}})");
    servers.Wait(absl::Seconds(3));
    GOT("ann", R"({"ctrl":{"id":"1","code":202,"params":{"seq":1}}})");
    GOT("ben", R"({"data":{"topic":"$G","seq":1,"content":"silent"}})");
  }
}

SCENARIO("accounts and their cards are judged", "[moderation]") {
  Court court;
  OneServer servers(court);
  WHEN("a card changes") {
    servers.Send("ann", R"({"set":{"id":"1","topic":"me","desc":{"public":{"fn":"refuse"}}}})");
    servers.Send("ann", R"({"set":{"id":"2","topic":"me","desc":{"public":{"fn":"drop"}}}})");
    servers.Send("ann", R"({"get":{"id":"3","topic":"me","what":"desc"}})");
    THEN("it changes only if it may") {
      GOT("ann", R"({"ctrl":{"id":"1","code":403,"text":"be kind"}})");
      GOT("ann", R"({"ctrl":{"id":"2","code":200}})");
      GOT("ann", R"({"meta":{"id":"3","desc":{"public":{"fn":"ann"}}}})");
      servers.Send("ann", R"({"set":{"id":"4","topic":"me","desc":{"public":{"fn":"mask"}}}})");
      GOT("ann", R"({"ctrl":{"id":"4","code":200}})");
      servers.Send("ann", R"({"get":{"id":"5","topic":"me","what":"desc"}})");
      GOT("ann", R"({"meta":{"id":"5","desc":{"public":{"fn":"****"}}}})");
    }
  }
  WHEN("somebody new comes") {
    servers.Open("new", "ann");
    const auto ask = [&](const char* id, const char* name, const char* card) {
      servers.Send("new", std::string(R"({"acc":{"id":")") + id + R"(","user":"new","scheme":)" +
                              R"("basic","desc":{"public":{"fn":")" + card + R"("}},"secret":")" +
                              name + R"("}})");
    };
    ask("1", "YmFkOnNlY3JldA==", "refuse");
    ask("2", "YmFkOnNlY3JldA==", "hold");
    ask("3", "YmFkOnNlY3JldA==", "fine");
    THEN("there is an account only if there may be") {
      GOT("new", R"({"ctrl":{"id":"1","code":403,"text":"be kind"}})");
      GOT("new", R"({"ctrl":{"id":"2","code":403,"text":"permission denied"}})");
      GOT("new", R"({"ctrl":{"id":"3","code":201}})");
      CHECK(court.judge.asked.back().is_new);
    }
  }
}

SCENARIO("who asks for a first contact is judged, once", "[moderation]") {
  Court court;
  OneServer servers(court);
  court.judge.contacts = Ruling::kRefuse;
  servers.Send("ann", R"({"sub":{"id":"1","topic":"$ben"}})");
  GOT("ann", R"({"ctrl":{"id":"1","code":403,"text":"be kind"}})");
  NOTHING("ben", R"({"pres":{"topic":"me","src":"$ann","what":"acs"}})");
  CHECK(court.judge.asked.back().peer == servers.Fill("$ben"));
  court.judge.contacts = Ruling::kAccept;
  servers.Send("ann", R"({"sub":{"id":"2","topic":"$ben"}})");
  GOT("ann", R"({"ctrl":{"id":"2","code":200}})");
  const std::size_t asked = court.judge.asked.size();
  servers.Send("ann", R"({"leave":{"id":"3","topic":"$ben"}})");
  servers.Send("ann", R"({"sub":{"id":"4","topic":"$ben"}})");
  GOT("ann", R"({"ctrl":{"id":"4","code":200}})");
  CHECK(court.judge.asked.size() == asked);
}

SCENARIO("a stranger of another server gets no request past the judge", "[moderation]") {
  Court court;
  TwoServers servers("b.test", court);
  court.judge.contacts = Ruling::kDrop;
  servers.Send("alice", R"({"sub":{"id":"1","topic":"$Bob"}})");
  servers.Wait(absl::Seconds(10));
  NOTHING("bob", R"({"pres":{"topic":"me","src":"$Alice"}})");
  servers.Send("bob", R"({"get":{"id":"2","topic":"me","what":"sub"}})");
  NOTHING("bob", R"({"meta":{"id":"2"}})");
  REQUIRE_FALSE(court.judge.asked.empty());
  CHECK(court.judge.asked.back().subject == Subject::kContact);
  CHECK(court.judge.asked.back().origin == "a.test");
}

SCENARIO("messages of users of another server are judged where the home is", "[moderation]") {
  Court court;
  TwoServers servers("a.test", court);
  REQUIRE(servers.Befriend("alice", "bob") == "");
  servers.Send("bob", R"({"pub":{"id":"1","topic":"$Alice","content":"refuse me"}})");
  GOT("bob", R"({"ctrl":{"id":"1","code":403,"text":"be kind"}})");
  servers.Send("bob", R"({"pub":{"id":"2","topic":"$Alice","content":"drop me"}})");
  GOT("bob", R"({"ctrl":{"id":"2","code":202,"params":{"seq":0}}})");
  servers.Send("bob", R"({"pub":{"id":"3","topic":"$Alice","content":"hold me"}})");
  GOT("bob", R"({"ctrl":{"id":"3","code":202,"params":{"seq":0}}})");
  // What his server has signed cannot be changed: it is refused instead.
  servers.Send("bob", R"({"pub":{"id":"4","topic":"$Alice","content":"mask me"}})");
  GOT("bob", R"({"ctrl":{"id":"4","code":403,"text":"be kind"}})");
  NOTHING("alice", R"({"data":{"topic":"$Bob"}})");
  servers.Send("bob", R"({"pub":{"id":"5","topic":"$Alice","content":"hello"}})");
  GOT("bob", R"({"ctrl":{"id":"5","code":202,"params":{"seq":1}}})");
  GOT("alice", R"({"data":{"topic":"$Bob","from":"$Bob","seq":1,"content":"hello"}})");
  CHECK(court.judge.asked.back().origin == "b.test");
}

SCENARIO("messages that a home elsewhere has let pass are judged where they are read",
         "[moderation]") {
  Court court;
  TwoServers servers("b.test", court);
  REQUIRE(servers.Befriend("alice", "bob") == "");
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"drop me"}})");
  servers.Send("alice", R"({"pub":{"id":"2","topic":"$Bob","content":"mask me"}})");
  servers.Send("alice", R"({"pub":{"id":"3","topic":"$Bob","content":"hold me"}})");
  servers.Send("alice", R"({"pub":{"id":"4","topic":"$Bob","content":"hello"}})");
  servers.Wait(absl::Seconds(5));
  GOT("bob", R"({"data":{"topic":"$Alice","seq":2,"content":"****"}})");
  GOT("bob", R"({"data":{"topic":"$Alice","seq":4,"content":"hello"}})");
  NOTHING("bob", R"({"data":{"seq":1}})");
  NOTHING("bob", R"({"data":{"seq":3}})");
  servers.Send("bob", R"({"get":{"id":"5","topic":"$Alice","what":"data"}})");
  NOTHING("bob", R"({"data":{"seq":1}})");
  GOT("bob", R"({"data":{"topic":"$Alice","seq":4,"content":"hello"}})");
  // His own are judged before they leave.
  servers.Send("bob", R"({"pub":{"id":"6","topic":"$Alice","content":"refuse me"}})");
  GOT("bob", R"({"ctrl":{"id":"6","code":403,"text":"be kind"}})");
  servers.Send("bob", R"({"pub":{"id":"7","topic":"$Alice","content":"mask me"}})");
  GOT("alice", R"({"data":{"topic":"$Bob","seq":5,"content":"****"}})");
}

SCENARIO("a judge who is silent about another server's message keeps it for the administrators",
         "[moderation]") {
  Court court;
  TwoServers servers("b.test", court);
  REQUIRE(servers.Befriend("alice", "bob") == "");
  servers.Account("boss", "b.test");
  servers.at("b.test").node().DoToAccount(molva::session::AccountAction::kPromote, "boss",
                                          [](const auto& done) { REQUIRE(done.ok()); });
  servers.Open("admin", "boss");
  servers.Send("admin", R"({"sub":{"id":"sys","topic":"sys"}})");
  servers.Send("alice", R"({"pub":{"id":"1","topic":"$Bob","content":"silent"}})");
  servers.Send("alice", R"({"pub":{"id":"2","topic":"$Bob","content":"hello"}})");
  servers.Wait(absl::Seconds(5));
  GOT("admin", R"({"data":{"topic":"sys","content":{"quarantine":{"reason":"no verdict",)"
               R"("content":"silent"}}}})");
  GOT("bob", R"({"data":{"topic":"$Alice","seq":2,"content":"hello"}})");
  NOTHING("bob", R"({"data":{"content":"silent"}})");
}
