// What people do in a walk over several servers.
#include "base/strings.h"
#include "tests/sim/federated_walk.h"

namespace molva::test {
namespace {

std::string Secret(const std::string& name) { return base::EncodeBase64(name + ":secret"); }

constexpr std::size_t kMostGroups = 3;

}  // namespace

void FederatedWalk::Register(Person& person) {
  person.client = nodes_[person.server]->node().Connect(0);
  person.client->Send(R"({"hi":{"ver":"0.25"}})");
  person.client->Send(
      R"({"acc":{"id":"acc","user":"new","scheme":"basic","login":true,"secret":")" +
      Secret(person.name) + R"("}})");
  person.client->Send(R"({"sub":{"id":"me","topic":"me"}})");
  TakeInbox(person);
}

void FederatedWalk::Connect(Person& person) {
  if (!nodes_[person.server]->is_up()) return;
  Note(person.name + " connects");
  person.attached.clear();
  person.client = nodes_[person.server]->node().Connect(0);
  person.client->Send(R"({"hi":{"ver":"0.25"}})");
  person.client->Send(R"({"login":{"id":"login","scheme":"basic","secret":")" +
                      Secret(person.name) + R"("}})");
  person.client->Send(R"({"sub":{"id":"me","topic":"me"}})");
}

void FederatedWalk::HangUp(Person& person) {
  Note(person.name + " hangs up");
  TakeInbox(person);
  person.client.reset();
  person.attached.clear();
}

void FederatedWalk::Send(Person& person, const std::string& what, const std::string& json) {
  Note(person.name + " " + what);
  person.client->Send(json);
}

void FederatedWalk::Act(Person& person) {
  if (person.client == nullptr || !person.client->is_open()) return Connect(person);
  const std::uint64_t dice = Below(100);
  if (dice < 70) {
    TalkOrJoin(person, dice);
  } else {
    Manage(person, dice);
  }
}

void FederatedWalk::TalkOrJoin(Person& person, std::uint64_t dice) {
  if (dice < 45 && !person.attached.empty()) return Publish(person);
  const Person& other = RandomPerson();
  if (dice < 55 && other.server != person.server) {
    return dice < 49 ? Ask(person, other) : Accept(person, other);
  }
  if (const Topic* topic = RandomTopicOf(person, nullptr)) Join(person, *topic);
}

void FederatedWalk::Join(Person& person, const Topic& topic) {
  const std::string text = TextOf(person, topic);
  Send(person, "joins " + topic.name,
       R"({"sub":{"id":"s )" + text + R"(","topic":")" + text + R"("}})");
}

void FederatedWalk::Manage(Person& person, std::uint64_t dice) {
  if (dice < 73) return HangUp(person);
  if (dice < 77) return MakeGroup(person);
  if (dice < 84) return Invite(person);
  if (dice < 90) return ChangeRights(person);
  if (dice < 94) return RemoveMessages(person);
  if (dice < 97) return GiveUp(person);
  const Topic* topic = RandomTopicOf(person, &person.attached);
  if (topic == nullptr) return;
  const std::string text = TextOf(person, *topic);
  person.attached.erase(topic->name);
  Send(person, "detaches from " + topic->name, R"({"leave":{"id":"l","topic":")" + text + R"("}})");
}

void FederatedWalk::Publish(Person& person) {
  const Topic* topic = RandomTopicOf(person, &person.attached);
  if (topic == nullptr) return;
  const std::string id = NextId("m");
  ledger_.Send(id, topic->name, GlobalOf(person));
  const std::string head = Below(8) == 0 ? R"("head":{"replace":":1"},)" : "";
  Send(person, "publishes " + id + " in " + topic->name,
       R"({"pub":{"id":")" + id + R"(","topic":")" + TextOf(person, *topic) + R"(",)" + head +
           R"("content":")" + id + R"("}})");
}

void FederatedWalk::Ask(Person& person, const Person& other) {
  const std::string name = NameFor(person, GlobalOf(other));
  Send(person, "asks " + other.name,
       R"({"sub":{"id":"s )" + name + R"(","topic":")" + name + R"("}})");
}

// What the invitation panel of apps does: own rights, then those of the other one.
void FederatedWalk::Accept(Person& person, const Person& other) {
  const std::string name = NameFor(person, GlobalOf(other));
  const std::string mode = Below(3) == 0 ? "JRWPAD" : "JRWPA";
  Send(person, "accepts " + other.name + " with " + mode,
       R"({"sub":{"id":"s )" + name + R"(","topic":")" + name + R"("}})");
  Send(person, "wants " + mode + " of " + other.name,
       R"({"set":{"id":"w","topic":")" + name + R"(","sub":{"mode":")" + mode + R"("}}})");
  Send(person, "gives " + mode + " to " + other.name,
       R"({"set":{"id":"g","topic":")" + name + R"(","sub":{"user":")" + name + R"(","mode":")" +
           mode + R"("}}})");
}

void FederatedWalk::MakeGroup(Person& person) {
  std::size_t groups = 0;
  for (const Topic& topic : topics_) groups += topic.parties.empty() ? 1 : 0;
  if (groups >= kMostGroups) return Publish(person);
  Send(person, "makes a group", R"({"sub":{"id":"new","topic":"new"}})");
}

void FederatedWalk::Invite(Person& person) {
  const Topic* topic = RandomTopicOf(person, &person.attached);
  if (topic == nullptr || !topic->parties.empty()) return;
  const Person& other = RandomPerson();
  if (&other == &person) return;
  Send(person, "invites " + other.name + " to " + topic->name,
       R"({"set":{"id":"i","topic":")" + TextOf(person, *topic) + R"(","sub":{"user":")" +
           NameFor(person, GlobalOf(other)) + R"(","mode":"JRWP"}}})");
}

void FederatedWalk::ChangeRights(Person& person) {
  const Topic* topic = RandomTopicOf(person, &person.attached);
  if (topic == nullptr) return;
  const Person& other = RandomPerson();
  constexpr const char* kModes[] = {"N", "JR", "JW", "JRW", "JRWP", "JRWPS", "JRWPSD", "JRWPA"};
  const std::string mode = kModes[Below(std::size(kModes))];
  const std::string text = TextOf(person, *topic);
  if (&other == &person) {
    return Send(person, "wants " + mode + " in " + topic->name,
                R"({"set":{"id":"w","topic":")" + text + R"(","sub":{"mode":")" + mode + R"("}}})");
  }
  const std::string user = NameFor(person, GlobalOf(other));
  if (topic->parties.empty() && Below(3) == 0) {
    return Send(
        person, "removes " + other.name + " from " + topic->name,
        R"({"del":{"id":"k","topic":")" + text + R"(","what":"sub","user":")" + user + R"("}})");
  }
  Send(person, "gives " + mode + " to " + other.name + " in " + topic->name,
       R"({"set":{"id":"g","topic":")" + text + R"(","sub":{"user":")" + user + R"(","mode":")" +
           mode + R"("}}})");
}

void FederatedWalk::RemoveMessages(Person& person) {
  const Topic* topic = RandomTopicOf(person, &person.attached);
  if (topic == nullptr) return;
  const std::uint64_t low = 1 + Below(12);
  const std::string range =
      R"({"low":)" + std::to_string(low) + R"(,"hi":)" + std::to_string(low + 1 + Below(2)) + "}";
  const bool is_hard = Below(3) != 0;
  Send(person, (is_hard ? "deletes " : "hides ") + range + " in " + topic->name,
       R"({"del":{"id":"d","topic":")" + TextOf(person, *topic) + R"(","what":"msg","hard":)" +
           (is_hard ? "true" : "false") + R"(,"delseq":[)" + range + "]}}");
}

void FederatedWalk::GiveUp(Person& person) {
  const Topic* topic = RandomTopicOf(person, &person.attached);
  if (topic == nullptr) return;
  const std::string text = TextOf(person, *topic);
  person.attached.erase(topic->name);
  const bool ends = topic->parties.empty() && &people_[topic->owner] == &person;
  if (ends || !topic->parties.empty()) ledger_.End(topic->name);
  if (Below(4) != 0) {
    return Send(person, "leaves " + topic->name,
                R"({"leave":{"id":"u","topic":")" + text + R"(","unsub":true}})");
  }
  Send(person, "gives " + topic->name + " up",
       R"({"del":{"id":"t","topic":")" + text + R"(","what":"topic","hard":true}})");
}

void FederatedWalk::TakeInbox(Person& person) {
  if (person.client == nullptr) return;
  auto& inbox = person.client->inbox();
  while (!inbox.empty()) {
    const std::string text = std::move(inbox.front());
    inbox.pop_front();
    TakePacket(person, text);
  }
}

void FederatedWalk::TakePacket(Person& person, const std::string& text) {
  const PacketReader packet(text);
  if (!packet.is_good()) return Violate("a server sent broken JSON: " + text);
  if (packet.Has("/ctrl")) {
    Note("  " + person.name + " < " + text);
    TakeCtrl(person, packet);
  } else if (packet.Has("/data")) {
    Note("  " + person.name + " < " + text);
    TakeData(person, packet, text);
  }
}

void FederatedWalk::TakeCtrl(Person& person, const PacketReader& packet) {
  const std::string id = packet.Text("/ctrl/id");
  const int code = packet.Number("/ctrl/code");
  const std::string text = packet.Text("/ctrl/topic");
  if (id == "acc") person.id = packet.Text("/ctrl/params/user");
  if (id == "new" && code == 200) {
    const auto self = static_cast<std::size_t>(&person - people_.data());
    topics_.push_back({Globalise(person, text), {}, self});
  }
  if ((id == "new" || id.starts_with("s ")) && code == 200) {
    const std::string topic = Globalise(person, text);
    person.attached.insert(topic);
    person.last_seq[topic] = 0;
  }
  if (code == 205) person.attached.erase(Globalise(person, text));
  if (!id.starts_with("m") || id == "me") return;
  if (code == 202 && packet.Has("/ctrl/params/queued")) {
    ledger_.Queue(id);
  } else if (code == 202) {
    const std::string wrong = ledger_.Acknowledge(id, packet.Number("/ctrl/params/seq"));
    if (!wrong.empty()) Violate(wrong);
  } else if (code >= 400) {
    ledger_.Refuse(id);
  }
}

void FederatedWalk::TakeData(Person& person, const PacketReader& packet, const std::string& text) {
  const std::string topic = Globalise(person, packet.Text("/data/topic"));
  const int seq = packet.Number("/data/seq");
  int& last = person.last_seq[topic];
  if (seq <= last && !ledger_.has_ended(topic)) {
    Violate(person.name + " is shown " + topic + " out of order: " + text);
  }
  last = seq;
  ledger_.See({GlobalOf(person), topic, seq, packet.Text("/data/content")});
}

}  // namespace molva::test
