// What one server has of a topic, with global names, read from its disk.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chain/body.h"
#include "tests/support/federated_node.h"

namespace molva::test {

struct MemberCopy {
  std::string want;
  std::string given;
  bool is_live = false;
  friend bool operator==(const MemberCopy&, const MemberCopy&) = default;
};

struct MessageCopy {
  std::string author;
  std::string content;
  friend bool operator==(const MessageCopy&, const MessageCopy&) = default;
};

struct TopicCopy {
  bool is_home = false;
  std::string home;
  int seq = 0;
  std::int64_t last_event = 0;
  std::vector<std::string> chain;             // bodies
  std::map<std::string, MemberCopy> members;  // by global name
  std::map<int, MessageCopy> messages;        // those that everybody may still read
  std::int64_t proposals = 0;                 // own ones, made to the home
  std::map<std::string, std::int64_t> taken;  // of the proposals of other servers
  // Of these, those that were refused.
  std::map<std::string, std::set<std::int64_t>> refusals;
};

// For people: how far each server has come.
std::string Describe(const TopicCopy& copy);

// nullopt: the server does not have the topic.
std::optional<TopicCopy> ReadCopy(FederatedNode& node, const std::string& global_name);

}  // namespace molva::test
