#include "tests/sim/topic_copy.h"

#include <limits>

#include "topic/remote/lanes.h"

namespace molva::test {
namespace {

constexpr std::int32_t kAll = std::numeric_limits<std::int32_t>::max();

void ReadRows(const MemoryDatabase& disk, const names::NameBook& names, model::TopicName name,
              TopicCopy& copy) {
  for (const store::SubscriptionRecord& row : disk.ListSubscriptions(name)) {
    copy.members[names.GlobalNameOf(row.user)] = {row.want.ToString(), row.given.ToString(),
                                                  !row.deleted.has_value()};
  }
  store::MessageQuery query;
  query.topic = name;
  query.limit = kAll;
  for (const store::MessageRecord& message : disk.ListMessages(query)) {
    copy.messages[message.seq] = {names.GlobalNameOf(message.from), message.content.text};
  }
}

void ReadLanes(const MemoryDatabase& disk, model::TopicName name, TopicCopy& copy) {
  store::EntryQuery query;
  query.topic = name;
  query.lane = store::kChainLane;
  query.limit = kAll;
  query.max_bytes = std::numeric_limits<std::int64_t>::max();
  for (const store::StoredEntry& stored : disk.ListEntries(query)) {
    copy.chain.push_back(stored.entry.body);
  }
  for (const store::LaneRecord& lane : disk.ListLanes(name)) {
    if (lane.lane == store::kChainLane) copy.last_event = lane.n;
    if (lane.lane == store::kProposalLane) copy.proposals = lane.n;
    if (lane.lane == store::kChainLane || lane.lane == store::kProposalLane) continue;
    copy.taken[lane.lane] = lane.n;
    for (const topic::Outcome& outcome : topic::OutcomesOf(lane.note)) {
      if (outcome.code >= 400) copy.refusals[lane.lane].insert(outcome.number);
    }
  }
}

// What an event states, in a word, and who proposed it.
std::string WordFor(const std::string& body) {
  constexpr const char* kWords[] = {"topic", "member", "message", "deletion", "end"};
  const absl::StatusOr<chain::Event> event = chain::DecodeEvent(body);
  if (!event.ok()) return "?";
  std::string word = kWords[event->state.index()];
  if (const auto* topic = std::get_if<chain::TopicState>(&event->state)) word += "@" + topic->home;
  if (event->proposal != 0) word += "(" + std::to_string(event->proposal) + ")";
  return word;
}

}  // namespace

std::string Describe(const TopicCopy& copy) {
  std::string text = copy.is_home ? "home" : "replica of " + copy.home;
  text += ", last event " + std::to_string(copy.last_event) + ", seq " + std::to_string(copy.seq) +
          ", proposals " + std::to_string(copy.proposals);
  for (const auto& [domain, n] : copy.taken)
    text += ", took " + std::to_string(n) + " of " + domain;
  text += "\n    chain:";
  for (const std::string& body : copy.chain) text += " " + WordFor(body);
  for (const auto& [seq, message] : copy.messages) {
    text += "\n    " + std::to_string(seq) + " " + message.author + ": " + message.content;
  }
  for (const auto& [name, member] : copy.members) {
    text +=
        "\n    " + name + (member.is_live ? " " : " (gone) ") + member.want + "/" + member.given;
  }
  return text;
}

std::optional<TopicCopy> ReadCopy(FederatedNode& node, const std::string& global_name) {
  const names::NameBook& names = node.node().names();
  const absl::StatusOr<model::TopicName> name = names.TopicOfGlobal(global_name);
  if (!name.ok()) return std::nullopt;
  return node.disk().With([&](const MemoryDatabase& disk) -> std::optional<TopicCopy> {
    const auto record = disk.FindTopic(*name);
    if (!record.has_value()) return std::nullopt;
    TopicCopy copy;
    copy.is_home = record->home.empty();
    copy.home = copy.is_home ? node.domain() : record->home;
    copy.seq = record->seq;
    ReadRows(disk, names, *name, copy);
    ReadLanes(disk, *name, copy);
    return copy;
  });
}

}  // namespace molva::test
