#include "tests/sim/verdict.h"

#include <algorithm>
#include <set>

#include "model/access_mode.h"
#include "tests/sim/topic_copy.h"

namespace molva::test {
namespace {

// What one connection may have had under way at the most.
constexpr std::size_t kMostQueuedBytes = 8 << 20;

std::string DomainOf(const std::string& global) { return global.substr(global.find('@') + 1); }

using Copies = std::map<std::string, TopicCopy>;  // by domain

bool HasMemberOf(const TopicCopy& home, const std::string& domain) {
  return std::any_of(home.members.begin(), home.members.end(), [&](const auto& member) {
    return member.second.is_live && DomainOf(member.first) == domain;
  });
}

// The domain of the one honest home; "" if there is none.
std::string FindHome(const Copies& copies, const std::string& liar, std::string& wrong) {
  std::string home;
  for (const auto& [domain, copy] : copies) {
    if (!copy.is_home) continue;
    if (!home.empty()) wrong = "both " + home + " and " + domain + " are its home";
    home = domain;
  }
  if (!home.empty()) return home;
  for (const auto& [domain, copy] : copies) {
    const bool is_in_use = HasMemberOf(copy, domain) && !copy.chain.empty();
    if (is_in_use && copy.home != liar) wrong = domain + " keeps a copy that has no home";
  }
  return home;
}

std::string CompareMembers(const TopicCopy& home, const TopicCopy& copy) {
  for (const auto& [name, member] : home.members) {
    const auto there = copy.members.find(name);
    // Who had left before there was a chain is not told of.
    if (there == copy.members.end() && !member.is_live) continue;
    if (there == copy.members.end()) return "does not know member " + name;
    if (there->second.is_live != member.is_live) return "is wrong about whether " + name + " is in";
    if (member.is_live && !(there->second == member)) {
      return "has " + name + " with " + there->second.want + "/" + there->second.given +
             " instead of " + member.want + "/" + member.given;
    }
  }
  return "";
}

std::string CompareMessages(const TopicCopy& home, const TopicCopy& copy) {
  if (home.seq != copy.seq) {
    return "has " + std::to_string(copy.seq) + " messages instead of " + std::to_string(home.seq);
  }
  for (const auto& [seq, message] : home.messages) {
    const auto there = copy.messages.find(seq);
    if (there == copy.messages.end()) return "lacks message " + std::to_string(seq);
    if (!(there->second == message)) return "has another message " + std::to_string(seq);
  }
  for (const auto& [seq, message] : copy.messages) {
    if (!home.messages.contains(seq)) return "has deleted message " + std::to_string(seq);
  }
  return "";
}

std::string CompareReplica(const TopicCopy& home, const std::string& domain,
                           const TopicCopy& copy) {
  const std::size_t both = std::min(home.chain.size(), copy.chain.size());
  for (std::size_t i = 0; i < both; ++i) {
    if (home.chain[i] != copy.chain[i]) {
      return domain + " has another event " + std::to_string(i + 1);
    }
  }
  // Whose last member has left hears no more.
  if (!HasMemberOf(home, domain)) return "";
  if (home.chain.size() != copy.chain.size()) {
    return domain + " has " + std::to_string(copy.chain.size()) + " of " +
           std::to_string(home.chain.size()) + " events";
  }
  for (const std::string& wrong : {CompareMembers(home, copy), CompareMessages(home, copy)}) {
    if (!wrong.empty()) return domain + " " + wrong;
  }
  const auto taken = home.taken.find(domain);
  const std::int64_t last = taken == home.taken.end() ? 0 : taken->second;
  if (copy.proposals == last) return "";
  return domain + " has made " + std::to_string(copy.proposals) + " proposals, of which " +
         std::to_string(last) + " were taken";
}

bool HasEnded(const TopicCopy& home) {
  return std::any_of(home.chain.begin(), home.chain.end(), [](const std::string& body) {
    const absl::StatusOr<chain::Event> event = chain::DecodeEvent(body);
    return event.ok() && std::holds_alternative<chain::EndState>(event->state);
  });
}

// Numbers from 1, each once, as the chain has them.
std::string CheckOrder(const TopicCopy& home) {
  int last = 0;
  for (const std::string& body : home.chain) {
    const absl::StatusOr<chain::Event> event = chain::DecodeEvent(body);
    if (!event.ok()) return "an event cannot be read";
    if (std::holds_alternative<chain::EndState>(event->state)) last = 0;
    const auto* message = std::get_if<chain::MessageState>(&event->state);
    if (message != nullptr && message->seq != ++last) {
      return "number " + std::to_string(message->seq) + " follows " + std::to_string(last - 1);
    }
  }
  return "";
}

std::string ContentOf(const MessageCopy& message) {
  const std::string& json = message.content;
  return json.size() < 2 ? json : json.substr(1, json.size() - 2);
}

// Nothing is said in the name of an honest server's user but what he said, and that once.
std::string CheckAuthors(const TopicCopy& copy, const std::string& topic, const Case& all) {
  std::set<std::string> found;
  for (const auto& [seq, message] : copy.messages) {
    if (DomainOf(message.author) == all.liar) continue;
    const std::string content = ContentOf(message);
    if (!found.insert(content).second) return content + " is there twice";
    const auto sent = all.ledger.publications().find(content);
    if (sent == all.ledger.publications().end() || sent->second.topic != topic) {
      return content + " was never published there";
    }
    if (sent->second.author != message.author) return content + " has another author";
  }
  return "";
}

// Proposals that led to an event, by the domain that made them.
std::map<std::string, std::set<std::int64_t>> CarriedOut(const TopicCopy& home) {
  std::map<std::string, std::set<std::int64_t>> numbers;
  for (const std::string& body : home.chain) {
    const absl::StatusOr<chain::Event> event = chain::DecodeEvent(body);
    if (event.ok() && event->proposal != 0) {
      numbers[DomainOf(event->actor)].insert(event->proposal);
    }
  }
  return numbers;
}

bool HasCommon(const std::set<std::int64_t>& some, const std::set<std::int64_t>& others) {
  return std::any_of(some.begin(), some.end(), [&](auto each) { return others.contains(each); });
}

std::string CheckPromises(const TopicCopy& home, const std::string& topic, const Case& all) {
  std::map<std::string, int> found;  // by content
  for (const auto& [seq, message] : home.messages) found[ContentOf(message)] = seq;
  std::map<std::string, std::set<std::int64_t>> carried_out = CarriedOut(home);
  std::map<std::string, std::set<std::int64_t>> refused = home.refusals;
  for (const auto& [id, publication] : all.ledger.publications()) {
    const std::string domain = DomainOf(publication.author);
    if (publication.topic != topic || domain == all.liar) continue;
    const auto there = found.find(id);
    if (publication.fate == Publication::Fate::kAcknowledged) {
      const bool is_deleted =
          publication.seq <= home.seq && !home.messages.contains(publication.seq);
      if (there != found.end() && there->second == publication.seq) continue;
      if (there == found.end() && is_deleted) continue;
      return id + ", acknowledged as " + std::to_string(publication.seq) + ", is lost";
    }
    if (publication.fate == Publication::Fate::kQueued && there == found.end()) {
      // Deleted since, or refused.
      if (HasCommon(publication.numbers, carried_out[domain])) continue;
      if (HasCommon(publication.numbers, refused[domain])) continue;
      return id + ", queued at " + domain + ", is lost";
    }
  }
  return "";
}

// Of each user, the last event after which he might read.
std::map<std::string, std::size_t> LastReadable(const TopicCopy& home) {
  std::map<std::string, std::size_t> last;
  std::set<std::string> readers;
  for (std::size_t i = 0; i < home.chain.size(); ++i) {
    const absl::StatusOr<chain::Event> event = chain::DecodeEvent(home.chain[i]);
    const auto* member = event.ok() ? std::get_if<chain::MemberState>(&event->state) : nullptr;
    if (member != nullptr) {
      using model::AccessMode;
      const AccessMode want = AccessMode::Parse(member->want).value_or(AccessMode::None());
      const AccessMode given = AccessMode::Parse(member->given).value_or(AccessMode::None());
      const bool reads = !member->deleted.has_value() && (want & given).Has(AccessMode::kRead) &&
                         (want & given).Has(AccessMode::kJoin);
      if (reads) {
        readers.insert(member->user);
      } else {
        readers.erase(member->user);
      }
    }
    for (const std::string& reader : readers) last[reader] = i;
  }
  return last;
}

std::string CheckSights(const TopicCopy& home, const std::string& topic, const Case& all) {
  std::map<int, std::size_t> events;  // by seq
  for (std::size_t i = 0; i < home.chain.size(); ++i) {
    const absl::StatusOr<chain::Event> event = chain::DecodeEvent(home.chain[i]);
    const auto* message = event.ok() ? std::get_if<chain::MessageState>(&event->state) : nullptr;
    if (message != nullptr) events[message->seq] = i;
  }
  const std::map<std::string, std::size_t> readable = LastReadable(home);
  for (const Sight& sight : all.ledger.sights()) {
    if (sight.topic != topic || DomainOf(sight.person) == all.liar) continue;
    const auto message = home.messages.find(sight.seq);
    if (message != home.messages.end() && message->second.content != '"' + sight.content + '"') {
      return sight.person + " was shown " + sight.content + " as " + std::to_string(sight.seq);
    }
    if (home.home == DomainOf(sight.person) || !events.contains(sight.seq)) continue;
    const auto until = readable.find(sight.person);
    if (until == readable.end() || until->second < events.at(sight.seq)) {
      return sight.person + " was shown " + sight.content + " without the right to read";
    }
  }
  return "";
}

// Each server's copy of a topic that a liar orders, on its own.
std::string JudgeLiarsTopic(const Copies& copies, const std::string& topic, const Case& all) {
  for (const auto& [domain, copy] : copies) {
    if (std::string wrong = CheckOrder(copy); !wrong.empty()) return domain + ": " + wrong;
    if (std::string wrong = CheckAuthors(copy, topic, all); !wrong.empty()) {
      return domain + ": " + wrong;
    }
  }
  return "";
}

std::string JudgeTopic(const Copies& copies, const std::string& topic, const Case& all) {
  std::string wrong;
  const std::string home_domain = FindHome(copies, all.liar, wrong);
  if (!wrong.empty()) return wrong;
  if (home_domain.empty()) return JudgeLiarsTopic(copies, topic, all);
  const TopicCopy& home = copies.at(home_domain);
  if (wrong = CheckOrder(home); !wrong.empty()) return wrong;
  for (const auto& [domain, copy] : copies) {
    if (domain == home_domain || copy.home == all.liar) continue;
    if (wrong = CompareReplica(home, domain, copy); !wrong.empty()) return wrong;
  }
  for (const auto& [name, member] : home.members) {
    const std::string domain = DomainOf(name);
    if (member.is_live && domain != all.liar && !copies.contains(domain)) {
      return domain + " has no copy although " + name + " is in";
    }
  }
  // Who ended the topic took what was in it away.
  if (HasEnded(home)) return "";
  if (wrong = CheckAuthors(home, topic, all); !wrong.empty()) return wrong;
  if (wrong = CheckPromises(home, topic, all); !wrong.empty()) return wrong;
  return CheckSights(home, topic, all);
}

}  // namespace

std::string FindViolation(const Case& all) {
  for (const std::string& topic : all.topics) {
    Copies copies;
    for (const auto& node : all.nodes) {
      if (node->domain() == all.liar) continue;
      if (auto copy = ReadCopy(*node, topic)) copies.emplace(node->domain(), *std::move(copy));
    }
    const std::string wrong = JudgeTopic(copies, topic, all);
    if (wrong.empty()) continue;
    std::string told = topic + ": " + wrong;
    for (const auto& [domain, copy] : copies) told += "\n  " + domain + ": " + Describe(copy);
    return told;
  }
  if (all.network.most_queued_bytes() > kMostQueuedBytes) return "a queue grew without bound";
  return "";
}

}  // namespace molva::test
