// Servers of which one lies, and people on them who are not to notice.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/topic_copy.h"
#include "tests/support/forged_batch.h"
#include "tests/unit/federated_topic/servers.h"

namespace molva::test {

using Words = std::map<std::string, std::uint64_t>;
// What is sent in place of an entry.
using Lie = std::function<std::vector<federation::ReceivedItem>(const federation::ReceivedItem&)>;

// Alice on a.test has a group, $G there and $H elsewhere, with Bob on b.test and Carol on c.test.
// Carol has another, $K and $L, with Bob. Alice and Bob are friends, and so are Bob and Carol.
class LyingServers : public Servers {
 public:
  LyingServers();

  // From now on each entry that `liar` sends goes through `lie`, and what comes out is signed.
  // `lie` is kept until the servers are gone.
  void LetLie(const std::string& liar, Lie lie);
  // The liar says the truth from now on, on new links.
  void EndLies(const std::string& liar);

  void Say(const std::string& from, const std::string& topic, const std::string& text);
  // Whether any of `readers` has got such a content.
  bool HaveSeen(const std::vector<std::string>& readers, const std::string& text);
  // What the server at `domain` did not take of `peer`.
  Words Refused(const std::string& domain, const std::string& peer);
  // All that the server at `domain` has stored of the topic.
  TopicCopy Copy(const std::string& domain, const std::string& topic = "$H");

  // Checks that the other topics of a.test and b.test go on, and what b.test has with a third.
  void CheckOthersGoOn();
  // Checks that all of the group hear each other, and that all servers have the same of it.
  void CheckGroupGoesOn();
  // Checks that `to` hears what `from` says.
  void Talk(const std::string& from, const std::string& topic, const std::string& to);

 private:
  void MakeGroup(const std::string& owner, const std::string& local, const std::string& global,
                 const std::vector<std::string>& members);

  int talks_ = 0;
};

bool IsSameHistory(const TopicCopy& one, const TopicCopy& other);

// The event, if `item` states a message in `topic`, a global name.
std::optional<chain::Event> MessageIn(const federation::ReceivedItem& item,
                                      const std::string& topic);

}  // namespace molva::test
