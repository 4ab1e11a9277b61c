// What people on several servers were promised and shown: the yardstick of a walk.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace molva::test {

// Topics and people go by their global names; contents are unique.
struct Publication {
  std::string topic;
  std::string author;
  std::string content;
  enum class Fate : std::uint8_t { kUnknown, kAcknowledged, kQueued, kRefused };
  Fate fate = Fate::kUnknown;
  int seq = 0;                     // of an acknowledged one
  std::set<std::int64_t> numbers;  // as a proposal, under each number it went out with
};

// A message that a session was sent.
struct Sight {
  std::string person;
  std::string topic;
  int seq = 0;
  std::string content;
};

class Ledger {
 public:
  // `id` is the content, too.
  void Send(const std::string& id, const std::string& topic, const std::string& author) {
    publications_[id] = {topic, author, id, Publication::Fate::kUnknown, 0, {}};
  }
  // Returns "" or what is wrong.
  std::string Acknowledge(const std::string& id, int seq);
  void Queue(const std::string& id) { publications_[id].fate = Publication::Fate::kQueued; }
  // The author's server has sent it home as its proposal `number`.
  void Propose(const std::string& id, std::int64_t number) {
    const auto publication = publications_.find(id);
    if (publication != publications_.end()) publication->second.numbers.insert(number);
  }
  void Refuse(const std::string& id) { publications_[id].fate = Publication::Fate::kRefused; }
  void See(Sight sight) { sights_.push_back(std::move(sight)); }
  // Somebody gave the topic up: it may begin anew, with its numbers.
  void End(const std::string& topic) { ended_.insert(topic); }

  const std::map<std::string, Publication>& publications() const { return publications_; }
  const std::vector<Sight>& sights() const { return sights_; }
  bool has_ended(const std::string& topic) const { return ended_.contains(topic); }

 private:
  std::map<std::string, Publication> publications_;             // by id
  std::map<std::pair<std::string, int>, std::string> numbers_;  // by topic and server, and seq
  std::vector<Sight> sights_;
  std::set<std::string> ended_;
};

inline std::string Ledger::Acknowledge(const std::string& id, int seq) {
  Publication& publication = publications_[id];
  publication.fate = Publication::Fate::kAcknowledged;
  publication.seq = seq;
  if (has_ended(publication.topic)) return "";
  // Servers may disagree when the home lies; that is judged in the end.
  const std::string domain = publication.author.substr(publication.author.find('@'));
  const auto [at, fresh] = numbers_.emplace(std::pair(publication.topic + domain, seq), id);
  if (fresh || at->second == id) return "";
  return publication.topic + ": number " + std::to_string(seq) + " given to " + at->second +
         " and to " + id;
}

}  // namespace molva::test
