// What a server states that is not so, in a topic with real people: it is refused with its word,
// nobody sees anything of it, and everything else goes on.
#include <memory>
#include <string>
#include <vector>

#include "chain/merkle.h"
#include "tests/support/catch.h"
#include "tests/unit/federated_topic/lying_servers.h"

namespace chain = molva::chain;
using molva::federation::ReceivedItem;
using molva::test::IsSameHistory;
using molva::test::ItemsOf;
using molva::test::LyingServers;
using molva::test::MessageIn;
using molva::test::TopicCopy;
using molva::test::Words;
using molva::topic::LaneKind;

#define GOT(session, json) CHECK(servers.Expect(session, json) == "")

namespace {

// Of what a.test sends.
const std::vector<std::string> kReaders = {"bob", "carol"};

chain::MessageState& MessageOf(chain::Event& event) {
  return std::get<chain::MessageState>(event.state);
}

void SetContent(ReceivedItem& item, chain::Event& event, const std::string& text) {
  item.payload = chain::Payload{{}, {"\"" + text + "\""}};
  MessageOf(event).payload_hash = chain::HashOf(*item.payload);
}

std::string TopicOf(const ReceivedItem& item) {
  if (item.kind == LaneKind::kProposals) return chain::DecodeProposal(item.body)->topic;
  return chain::DecodeEvent(item.body)->topic;
}

// A proposal of one of `topic`'s members that says what the event does.
chain::Proposal ProposalFor(const chain::Event& event, const std::string& author) {
  chain::Proposal proposal;
  proposal.topic = event.topic;
  proposal.origin = author.substr(author.find('@') + 1);
  proposal.number = 1000;
  proposal.prev = std::string(32, 'p');
  proposal.time = event.time;
  proposal.author = author;
  proposal.action = chain::PublishAction{std::get<chain::MessageState>(event.state).payload_hash};
  return proposal;
}

// Once a.test has stopped lying, what Alice said comes after all.
void CheckTruthComes(LyingServers& servers) {
  servers.CheckOthersGoOn();
  servers.EndLies("a.test");
  GOT("bob", R"({"data":{"topic":"$H","from":"$Alice","content":"two"}})");
  servers.CheckGroupGoesOn();
}

}  // namespace

SCENARIO(
    "a peer that states events of a third server's topic is refused as not_home, and the "
    "node goes on",
    "[federated][hostile]") {
  LyingServers servers;
  const TopicCopy group = servers.Copy("b.test");
  const TopicCopy other = servers.Copy("b.test", "$L");
  servers.LetLie("a.test",
                 [group = servers.Fill("$H"), other = servers.Fill("$L")](
                     const ReceivedItem& truth) -> std::vector<ReceivedItem> {
                   auto event = MessageIn(truth, group);
                   if (!event.has_value()) return {truth};
                   ReceivedItem lie = truth;
                   event->topic = other;
                   lie.body = chain::Encode(*event);
                   return {lie};
                 });
  servers.Say("alice", "$G", "two");
  CHECK(servers.Refused("b.test", "a.test") == Words{{"not_home", 1}});
  CHECK_FALSE(servers.HaveSeen(kReaders, "two"));
  CHECK(IsSameHistory(servers.Copy("b.test"), group));
  CHECK(IsSameHistory(servers.Copy("b.test", "$L"), other));
  CheckTruthComes(servers);
}

SCENARIO(
    "a peer that proposes for a user of a third server is refused as foreign_author, and the "
    "node goes on",
    "[federated][hostile]") {
  LyingServers servers;
  const TopicCopy before = servers.Copy("a.test");
  std::string origin;
  SECTION("in its own name") { origin = "b.test"; }
  SECTION("in that server's name") { origin = "c.test"; }
  servers.LetLie("b.test",
                 [group = servers.Fill("$H"), carol = servers.Fill("$Carol"),
                  origin](const ReceivedItem& truth) -> std::vector<ReceivedItem> {
                   auto proposal = chain::DecodeProposal(truth.body);
                   if (truth.kind != LaneKind::kProposals || proposal->topic != group)
                     return {truth};
                   ReceivedItem lie = truth;
                   proposal->author = carol;
                   proposal->origin = origin;
                   lie.body = chain::Encode(*proposal);
                   return {lie};
                 });
  servers.Say("bob", "$H", "two");
  CHECK(servers.Refused("a.test", "b.test") == Words{{"foreign_author", 1}});
  CHECK_FALSE(servers.HaveSeen({"alice", "carol"}, "two"));
  CHECK(IsSameHistory(servers.Copy("a.test"), before));
  servers.CheckOthersGoOn();
  servers.Talk("carol", "$H", "alice");
  servers.EndLies("b.test");
  GOT("alice", R"({"data":{"topic":"$G","from":"$Bob","content":"two"}})");
  GOT("carol", R"({"data":{"topic":"$H","from":"$Bob","content":"two"}})");
  servers.CheckGroupGoesOn();
}

SCENARIO(
    "a peer that states a message that its author never wrote is refused as foreign_author, "
    "and the node goes on",
    "[federated][hostile]") {
  LyingServers servers;
  const TopicCopy before = servers.Copy("b.test");
  const std::string victim =
      servers.Fill(GENERATE(as<std::string>(), "$Bob", "$Carol"));  // ours, and a third server's
  enum class Cause : std::uint8_t { kNone, kInvented };
  const Cause cause = GENERATE(Cause::kNone, Cause::kInvented);
  const std::string key_id(servers.at(victim.substr(victim.find('@') + 1)).key().id().view());
  servers.LetLie("a.test",
                 [group = servers.Fill("$H"), victim, cause,
                  key_id](const ReceivedItem& truth) -> std::vector<ReceivedItem> {
                   auto event = MessageIn(truth, group);
                   if (!event.has_value()) return {truth};
                   ReceivedItem lie = truth;
                   SetContent(lie, *event, "lie");
                   MessageOf(*event).author = event->actor = victim;
                   if (cause == Cause::kInvented) {
                     event->proposal = 1000;
                     lie.cause = chain::Encode(ProposalFor(*event, victim));
                     lie.cause_proof =
                         chain::Encode(chain::Proof{key_id, std::string(64, 's'), 0, 1, {}});
                   }
                   lie.body = chain::Encode(*event);
                   return {lie};
                 });
  servers.Say("alice", "$G", "two");
  CHECK(servers.Refused("b.test", "a.test") == Words{{"foreign_author", 1}});
  CHECK_FALSE(servers.HaveSeen(kReaders, "lie"));
  CHECK(IsSameHistory(servers.Copy("b.test"), before));
  CheckTruthComes(servers);
}

SCENARIO(
    "a peer that states a message once more than its author wrote it is refused as "
    "foreign_author, and the node goes on",
    "[federated][hostile]") {
  LyingServers servers;
  const std::string victim =
      servers.Fill(GENERATE(as<std::string>(), "$Bob", "$Carol"));  // ours, and a third server's
  const auto written = std::make_shared<ReceivedItem>();            // outlives the network's copy
  servers.LetLie("a.test",
                 [group = servers.Fill("$H"), victim,
                  written](const ReceivedItem& truth) -> std::vector<ReceivedItem> {
                   auto event = MessageIn(truth, group);
                   if (!event.has_value()) return {truth};
                   if (MessageOf(*event).author == victim) *written = truth;
                   if (!event->actor.empty() && MessageOf(*event).author == victim) return {truth};
                   auto first = MessageIn(*written, group);
                   if (!first.has_value()) return {truth};
                   ReceivedItem lie = *written;
                   first->n = event->n;
                   first->prev = event->prev;
                   first->time = event->time;
                   MessageOf(*first).seq = MessageOf(*event).seq;
                   lie.body = chain::Encode(*first);
                   return {lie};
                 });
  servers.Say("bob", "$H", "by bob");
  servers.Say("carol", "$H", "by carol");
  servers.Clear();
  const TopicCopy before = servers.Copy("b.test");
  servers.Say("alice", "$G", "two");
  CHECK(servers.Refused("b.test", "a.test") == Words{{"foreign_author", 1}});
  CHECK_FALSE(servers.HaveSeen(kReaders, "by bob"));
  CHECK_FALSE(servers.HaveSeen(kReaders, "by carol"));
  CHECK(IsSameHistory(servers.Copy("b.test"), before));
  CheckTruthComes(servers);
}

SCENARIO("a peer that repeats what it has sent achieves nothing, and the node goes on",
         "[federated][hostile]") {
  LyingServers servers;
  const std::string liar = GENERATE(as<std::string>(), "a.test", "b.test");
  // Each batch of the group comes behind all the former ones.
  const auto past = std::make_shared<std::vector<std::string>>();  // outlives the network's copy
  servers.network().SetAlter(
      liar,
      [past, group = servers.Fill("$H")](const std::string& frame) -> std::vector<std::string> {
        const std::vector<ReceivedItem> items = ItemsOf(frame);
        if (items.empty() || TopicOf(items.front()) != group) return {frame};
        past->push_back(frame);
        return *past;
      });
  servers.Talk("alice", "$G", "bob");
  servers.Talk("bob", "$H", "alice");
  servers.Clear();
  const TopicCopy before = servers.Copy("a.test");
  REQUIRE(IsSameHistory(servers.Copy("b.test"), before));
  servers.Say("alice", "$G", "from alice");
  servers.Say("bob", "$H", "from bob");
  REQUIRE(past->size() >= 2);
  for (const char* domain : {"a.test", "b.test", "c.test"}) {
    CHECK(servers.Refused(domain, liar) == Words{});
    const TopicCopy after = servers.Copy(domain);
    CHECK(after.seq == before.seq + 2);
    CHECK(after.chain.size() == before.chain.size() + 2);
  }
  for (const char* who : {"alice", "bob", "carol"}) {
    if (who != std::string("alice")) GOT(who, R"({"data":{"content":"from alice"}})");
    if (who != std::string("bob")) GOT(who, R"({"data":{"content":"from bob"}})");
  }
  // Each came once.
  CHECK(servers.Silent("carol", R"({"data":{"content":"*"}})") == "");
  CHECK(servers.Silent("bob", R"({"data":{"topic":"$H","content":"from alice"}})") == "");
  servers.CheckOthersGoOn();
  servers.EndLies(liar);
  servers.CheckGroupGoesOn();
}

SCENARIO("a peer that leaves out an event is asked for it, and what is behind it waits",
         "[federated][hostile]") {
  LyingServers servers;
  const TopicCopy before = servers.Copy("b.test");
  const auto offered = std::make_shared<int>(0);  // outlives the network's copy
  servers.LetLie("a.test",
                 [group = servers.Fill("$H"), offered, missing = before.last_event + 1](
                     const ReceivedItem& truth) -> std::vector<ReceivedItem> {
                   const auto event = MessageIn(truth, group);
                   if (!event.has_value()) return {truth};
                   ++*offered;
                   if (event->n == missing) return {};
                   return {truth};
                 });
  servers.Say("alice", "$G", "two");
  servers.Say("alice", "$G", "three");
  servers.Say("alice", "$G", "four");
  CHECK(servers.Refused("b.test", "a.test") == Words{});
  for (const char* text : {"two", "three", "four"}) CHECK_FALSE(servers.HaveSeen(kReaders, text));
  CHECK(IsSameHistory(servers.Copy("b.test"), before));
  servers.CheckOthersGoOn();
  // It is asked for about once a minute, by each of the two.
  servers.Wait(absl::Hours(1));
  CHECK(*offered < 2 * 3 * 70);
  CHECK(IsSameHistory(servers.Copy("b.test"), before));
  servers.EndLies("a.test");
  for (const char* text : {"two", "three", "four"}) {
    CHECK(servers.Expect("bob", R"({"data":{"content":")" + std::string(text) + R"("}})") == "");
  }
  servers.CheckGroupGoesOn();
}

SCENARIO(
    "a peer that gives a seq twice or leaves one out is refused as bad_seq, and the node "
    "goes on",
    "[federated][hostile]") {
  LyingServers servers;
  const TopicCopy before = servers.Copy("b.test");
  const int step = GENERATE(-1, 1);
  servers.LetLie(
      "a.test",
      [group = servers.Fill("$H"), step](const ReceivedItem& truth) -> std::vector<ReceivedItem> {
        auto event = MessageIn(truth, group);
        if (!event.has_value()) return {truth};
        ReceivedItem lie = truth;
        SetContent(lie, *event, "lie");
        MessageOf(*event).seq += step;
        lie.body = chain::Encode(*event);
        return {lie};
      });
  servers.Say("alice", "$G", "two");
  CHECK(servers.Refused("b.test", "a.test") == Words{{"bad_seq", 1}});
  CHECK_FALSE(servers.HaveSeen(kReaders, "lie"));
  CHECK(IsSameHistory(servers.Copy("b.test"), before));
  CheckTruthComes(servers);
}

SCENARIO(
    "a peer that states two events for one number is refused as bad_chain: the first one "
    "stays, and the node goes on",
    "[federated][hostile]") {
  LyingServers servers;
  enum class When : std::uint8_t { kAtOnce, kLater };
  const When when = GENERATE(When::kAtOnce, When::kLater);
  const auto second = std::make_shared<ReceivedItem>();  // outlives the network's copy
  servers.LetLie("a.test",
                 [group = servers.Fill("$H"), when,
                  second](const ReceivedItem& truth) -> std::vector<ReceivedItem> {
                   auto event = MessageIn(truth, group);
                   if (!event.has_value()) {
                     // Beside the next entry of another topic.
                     if (second->body.empty()) return {truth};
                     return {*second, truth};
                   }
                   ReceivedItem lie = truth;
                   SetContent(lie, *event, "lie");
                   lie.body = chain::Encode(*event);
                   if (when == When::kAtOnce) return {truth, lie};
                   *second = lie;
                   return {truth};
                 });
  servers.Say("alice", "$G", "two");
  GOT("bob", R"({"data":{"topic":"$H","from":"$Alice","content":"two"}})");
  const TopicCopy before = servers.Copy("b.test");
  CHECK(before.chain == servers.Copy("a.test").chain);
  servers.Talk("alice", "$Bob", "bob");
  CHECK(servers.Refused("b.test", "a.test") == Words{{"bad_chain", 1}});
  CHECK_FALSE(servers.HaveSeen(kReaders, "lie"));
  CHECK(IsSameHistory(servers.Copy("b.test"), before));
  *second = {};
  servers.CheckOthersGoOn();
  servers.EndLies("a.test");
  servers.CheckGroupGoesOn();
}
