#include "tests/sim/random_walk.h"

#include <simdjson.h>

#include "base/log.h"
#include "base/strings.h"

namespace molva::test {
namespace {

namespace dom = simdjson::dom;

std::string Text(const dom::element& object, std::string_view pointer) {
  std::string_view text;
  return object.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

int Number(const dom::element& object, std::string_view pointer) {
  std::int64_t number = 0;
  return object.at_pointer(pointer).get(number) == simdjson::SUCCESS ? static_cast<int>(number) : 0;
}

std::string Secret(const std::string& name) { return base::EncodeBase64(name + ":secret"); }

}  // namespace

RandomWalk::RandomWalk(std::uint64_t seed, int people)
    : world_(seed), disk_(std::make_shared<MemoryDisk>()) {
  // The disk fails on purpose; a page of log lines about it would hide what matters.
  base::ConfigureLog(base::LogLevel::kSilent, base::LogFormat::kText);
  node_ = std::make_unique<SimNode>(world_, 3, disk_);
  for (int i = 0; i < people; ++i) {
    Person& person = people_.emplace_back();
    person.name = "person" + std::to_string(i);
    person.client = node_->Connect(i % 3);
    person.client->Send(R"({"hi":{"ver":"0.25"}})");
    person.client->Send(
        R"({"acc":{"id":"0","user":"new","scheme":"basic","login":true,"secret":")" +
        Secret(person.name) + R"("}})");
    TakeInbox(person);
  }
  people_[0].client->Send(R"({"sub":{"id":"group","topic":"new"}})");
  TakeInbox(people_[0]);
}

RandomWalk::~RandomWalk() { people_.clear(); }

void RandomWalk::Note(const std::string& what) {
  log_.push_back(absl::FormatTime("%H:%M:%E3S ", world_.clock().Now(), absl::UTCTimeZone()) + what);
}

void RandomWalk::Violation(const std::string& what) {
  if (!violation_.empty()) return;
  violation_ = what;
  const std::size_t from = log_.size() > 60 ? log_.size() - 60 : 0;
  for (std::size_t i = from; i < log_.size(); ++i) violation_ += "\n  " + log_[i];
}

std::string RandomWalk::Run(int steps) {
  for (int i = 0; i < steps && violation_.empty(); ++i) Step();
  disk_->FailNextWrites(0);
  disk_->SetDelay(absl::ZeroDuration());
  world_.Advance(absl::Seconds(30));
  for (Person& person : people_) TakeInbox(person);
  if (violation_.empty()) Verify();
  return violation_;
}

void RandomWalk::Step() {
  Person& person = people_[world_.random().Below(people_.size())];
  const std::uint64_t dice = world_.random().Below(100);
  if (!person.client->is_open()) {
    Connect(person);
  } else if (dice < 55) {
    Publish(person);
  } else if (dice < 75) {
    Attach(person, RandomTopic(person));
  } else if (dice < 80 && !person.attached.empty()) {
    const std::string topic = *person.attached.begin();
    Note(person.name + " leaves " + topic);
    person.client->Send(R"({"leave":{"id":"l","topic":")" + topic + R"("}})");
    person.attached.erase(topic);
  } else if (dice < 84) {
    Note(person.name + " hangs up");
    person.client->Close();
    person.attached.clear();
  } else if (dice < 88) {
    Note("the disk refuses the next writes");
    disk_->FailNextWrites(static_cast<int>(world_.random().Below(4)));
  } else if (dice < 92) {
    disk_->SetDelay(absl::Milliseconds(static_cast<int>(world_.random().Below(20))));
  } else if (dice < 94) {
    Crash();
  } else {
    world_.Advance(absl::Milliseconds(static_cast<int>(world_.random().Below(6000))));
  }
  for (Person& each : people_) TakeInbox(each);
}

std::string RandomWalk::RandomTopic(const Person& person) {
  const Person& other = people_[world_.random().Below(people_.size())];
  return world_.random().Below(2) == 0 || other.id == person.id ? group_ : other.id;
}

std::string RandomWalk::Canonical(const Person& person, const std::string& topic) const {
  return topic == group_ ? topic : std::min(person.id, topic) + "+" + std::max(person.id, topic);
}

void RandomWalk::Connect(Person& person) {
  Note(person.name + " connects");
  person.client = node_->Connect(static_cast<int>(world_.random().Below(3)));
  person.client->Send(R"({"hi":{"ver":"0.25"}})");
  person.client->Send(R"({"login":{"id":"login","scheme":"basic","secret":")" +
                      Secret(person.name) + R"("}})");
}

void RandomWalk::Attach(Person& person, const std::string& topic) {
  Note(person.name + " joins " + topic);
  person.client->Send(R"({"sub":{"id":"s )" + topic + R"(","topic":")" + topic + R"("}})");
}

void RandomWalk::Publish(Person& person) {
  if (person.attached.empty()) return Attach(person, RandomTopic(person));
  auto at = person.attached.begin();
  std::advance(at, static_cast<int>(world_.random().Below(person.attached.size())));
  const std::string id = "p" + std::to_string(next_id_++);
  contents_in_flight_[id] = "message " + id;
  Note(person.name + " publishes " + id + " in " + *at);
  person.client->Send(R"({"pub":{"id":")" + id + R"(","topic":")" + *at +
                      R"(","content":"message )" + id + R"("}})");
}

// Kill -9: whatever had not reached the disk is gone, and so is every session.
void RandomWalk::Crash() {
  for (Person& person : people_) TakeInbox(person);
  Note("the node dies and comes back");
  for (Person& person : people_) {
    person.client.reset();
    person.attached.clear();
  }
  dead_nodes_.push_back(std::move(node_));
  node_ = std::make_unique<SimNode>(world_, 3, disk_);
  for (Person& person : people_) Connect(person);
}

void RandomWalk::TakeInbox(Person& person) {
  auto& inbox = person.client->inbox();
  while (!inbox.empty()) {
    const std::string text = std::move(inbox.front());
    inbox.pop_front();
    TakePacket(person, text);
  }
}

void RandomWalk::TakePacket(Person& person, const std::string& text) {
  dom::parser parser;
  dom::element packet;
  if (parser.parse(text).get(packet) != simdjson::SUCCESS) {
    return Violation("the server sent broken JSON: " + text);
  }
  const std::string id = Text(packet, "/ctrl/id");
  const std::string topic = Text(packet, "/ctrl/topic");
  const int code = Number(packet, "/ctrl/code");
  if (id == "0") person.id = Text(packet, "/ctrl/params/user");
  if (id == "group") group_ = topic;
  if ((id == "group" || id.starts_with("s ")) && code == 200) {
    person.attached.insert(topic);
    person.last_seen_seq[topic] = 0;
  }
  if (id.starts_with("p") && code == 202) {
    const int seq = Number(packet, "/ctrl/params/seq");
    const auto [at, fresh] =
        acknowledged_[Canonical(person, topic)].emplace(seq, contents_in_flight_[id]);
    if (!fresh)
      Violation("number " + std::to_string(seq) + " given to " + at->second + " and " + id);
  }
  if (const int seq = Number(packet, "/data/seq"); seq > 0) {
    const std::string from_topic = Text(packet, "/data/topic");
    int& last = person.last_seen_seq[from_topic];
    if (seq <= last) Violation(person.name + " saw " + from_topic + " out of order: " + text);
    last = seq;
  }
}

// The contents of a topic, oldest first.
std::vector<std::string> RandomWalk::History(Person& person, const std::string& topic) {
  std::map<int, std::string> found;
  int before = 0;
  while (true) {
    person.client->inbox().clear();
    person.client->Send(R"({"get":{"id":"g","topic":")" + topic +
                        R"(","what":"data","data":{"before":)" + std::to_string(before) + "}}}");
    world_.Settle();
    bool more = false;
    for (const std::string& text : person.client->inbox()) {
      dom::parser parser;
      const dom::element packet = parser.parse(text);
      const int seq = Number(packet, "/data/seq");
      if (seq == 0) continue;
      if (!found.emplace(seq, Text(packet, "/data/content")).second) {
        Violation(topic + ": number " + std::to_string(seq) + " twice in the history");
      }
      more = true;
    }
    if (!more) break;
    before = found.begin()->first;
    if (before == 1) break;
  }
  person.client->inbox().clear();
  std::vector<std::string> history;
  for (const auto& [seq, content] : found) {
    history.push_back(content);
    if (static_cast<int>(history.size()) != seq) {
      Violation(topic + ": a gap before number " + std::to_string(seq));
    }
  }
  return history;
}

void RandomWalk::Verify() {
  std::map<std::string, std::vector<std::string>> histories;
  for (Person& person : people_) {
    if (!person.client->is_open()) Connect(person);
    std::vector<std::string> topics{group_};
    for (const Person& other : people_) {
      if (other.id != person.id) topics.push_back(other.id);
    }
    for (const std::string& topic : topics) {
      Attach(person, topic);
      world_.Settle();
      const std::vector<std::string> history = History(person, topic);
      const auto [at, first] = histories.emplace(Canonical(person, topic), history);
      if (!first && at->second != history) Violation(topic + ": two members read two histories");
    }
  }
  for (const auto& [topic, promised] : acknowledged_) {
    const std::vector<std::string>& history = histories[topic];
    for (const auto& [seq, content] : promised) {
      const bool kept = seq <= static_cast<int>(history.size()) &&
                        history[static_cast<std::size_t>(seq) - 1] == content;
      if (!kept) Violation(topic + ": acknowledged number " + std::to_string(seq) + " is lost");
    }
    const std::set<std::string> distinct(history.begin(), history.end());
    if (distinct.size() != history.size()) Violation(topic + ": a message is there twice");
  }
}

}  // namespace molva::test
