#include "tests/unit/federated_topic/lying_servers.h"

#include "tests/support/catch.h"

namespace molva::test {

using federation::ReceivedItem;

LyingServers::LyingServers() : Servers({"a.test", "b.test", "c.test"}) {
  Account("alice", "a.test");
  Account("bob", "b.test");
  Account("carol", "c.test");
  REQUIRE(Befriend("alice", "bob") == "");
  REQUIRE(Befriend("bob", "carol") == "");
  MakeGroup("alice", "$G", "$H", {"bob", "carol"});
  MakeGroup("carol", "$K", "$L", {"bob"});
  Talk("alice", "$G", "bob");
  Talk("bob", "$H", "alice");
  Talk("carol", "$H", "bob");
  Clear();
}

void LyingServers::MakeGroup(const std::string& owner, const std::string& local,
                             const std::string& global, const std::vector<std::string>& members) {
  Send(owner, R"({"sub":{"id":"new","topic":"new"}})");
  REQUIRE(Expect(owner, R"({"ctrl":{"id":"new","code":200,"topic":")" + local + R"("}})") == "");
  SetGlobal(global, local, owner == "alice" ? "a.test" : "c.test");
  for (const std::string& who : members) {
    Send(who, R"({"sub":{"id":"in","topic":")" + global + R"("}})");
    REQUIRE(Expect(who, R"({"ctrl":{"id":"in","code":200}})") == "");
  }
}

void LyingServers::LetLie(const std::string& liar, Lie lie) {
  network().SetAlter(liar,
                     [lie = std::move(lie), liar,
                      key = at(liar).key()](const std::string& frame) -> std::vector<std::string> {
                       const std::vector<ReceivedItem> items = ItemsOf(frame);
                       if (items.empty()) return {frame};
                       std::vector<ReceivedItem> lies;
                       for (const ReceivedItem& item : items) {
                         for (ReceivedItem& each : lie(item)) lies.push_back(std::move(each));
                       }
                       if (lies.empty()) return {};
                       return {SignAgain(key, liar, lies)};
                     });
}

void LyingServers::EndLies(const std::string& liar) {
  network().SetAlter(liar,
                     [](const std::string& frame) -> std::vector<std::string> { return {frame}; });
  for (const char* other : {"a.test", "b.test", "c.test"}) network().Break(liar, other);
  Wait(absl::Minutes(2));
}

void LyingServers::Say(const std::string& from, const std::string& topic, const std::string& text) {
  Send(from, R"({"pub":{"id":"p","topic":")" + topic + R"(","content":")" + text + R"("}})");
  Wait(absl::Seconds(3));
}

void LyingServers::Talk(const std::string& from, const std::string& topic, const std::string& to) {
  const std::string text = "talk " + std::to_string(++talks_);
  Say(from, topic, text);
  CHECK(Expect(to, R"({"data":{"content":")" + text + R"("}})") == "");
}

bool LyingServers::HaveSeen(const std::vector<std::string>& readers, const std::string& text) {
  for (const std::string& who : readers) {
    if (!Silent(who, R"({"data":{"content":")" + text + R"("}})").empty()) return true;
  }
  return false;
}

Words LyingServers::Refused(const std::string& domain, const std::string& peer) {
  Wait(absl::Seconds(2));
  for (const federation::PeerStats& stats : at(domain).peers().Snapshot()) {
    if (stats.domain == peer) return stats.refused;
  }
  return {};
}

TopicCopy LyingServers::Copy(const std::string& domain, const std::string& topic) {
  return ReadCopy(at(domain), Fill(topic)).value();
}

void LyingServers::CheckOthersGoOn() {
  Talk("alice", "$Bob", "bob");
  Talk("bob", "$Alice", "alice");
  Talk("bob", "$Carol", "carol");
  Talk("carol", "$Bob", "bob");
  Talk("carol", "$K", "bob");
  Talk("bob", "$L", "carol");
}

void LyingServers::CheckGroupGoesOn() {
  Talk("alice", "$G", "bob");
  Talk("bob", "$H", "carol");
  Talk("carol", "$H", "alice");
  const TopicCopy home = Copy("a.test");
  CHECK(IsSameHistory(Copy("b.test"), home));
  CHECK(IsSameHistory(Copy("c.test"), home));
}

bool IsSameHistory(const TopicCopy& one, const TopicCopy& other) {
  return one.chain == other.chain && one.messages == other.messages &&
         one.members == other.members && one.seq == other.seq;
}

std::optional<chain::Event> MessageIn(const ReceivedItem& item, const std::string& topic) {
  if (item.kind != topic::LaneKind::kChain) return std::nullopt;
  absl::StatusOr<chain::Event> event = chain::DecodeEvent(item.body);
  if (!event.ok() || event->topic != topic) return std::nullopt;
  if (!std::holds_alternative<chain::MessageState>(event->state)) return std::nullopt;
  return *std::move(event);
}

}  // namespace molva::test
