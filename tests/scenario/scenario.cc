#include "tests/scenario/scenario.h"

#include <fstream>
#include <sstream>

#include "base/strings.h"

namespace molva::test {
namespace {

std::string RestOf(std::istringstream& words) {
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

std::string Inbox(const SimClient& client_in) {
  auto& client = const_cast<SimClient&>(client_in);
  std::string text;
  for (const std::string& packet : client.inbox()) text += "\n      " + packet;
  return text.empty() ? " (nothing)" : text;
}

}  // namespace

Scenario::Scenario(std::uint64_t seed) : world_(seed), disk_(std::make_shared<MemoryDisk>()) {}

Scenario::~Scenario() { clients_.clear(); }

void Scenario::MakeNode() {
  node_ = std::make_unique<SimNode>(world_, shard_count_, disk_);
  node_->topic_limits().max_subscribers = max_subscribers_;
}

std::string Scenario::Run(const std::string& path) {
  std::ifstream file(path);
  if (!file) return "cannot read " + path;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::string problem = RunLine(line);
    if (!problem.empty()) {
      return path + ":" + std::to_string(number) + ": " + line + "\n    " + problem;
    }
  }
  return "";
}

std::string Scenario::RunLine(const std::string& line) {
  std::istringstream words(line);
  std::string first;
  std::string second;
  words >> first;
  if (first == "node") {
    while (words >> second) {
      if (second.starts_with("shards=")) shard_count_ = std::stoi(second.substr(7));
      if (second.starts_with("max_subscribers=")) max_subscribers_ = std::stoi(second.substr(16));
    }
    return "";
  }
  if (node_ == nullptr) MakeNode();
  if (first == "wait") {
    world_.Advance(absl::Seconds(std::stod(RestOf(words))));
    return "";
  }
  if (first == "restart") {
    // Sessions die with the node; what was not on the disk is lost.
    clients_.clear();
    dead_nodes_.push_back(std::move(node_));
    MakeNode();
    return "";
  }
  words >> second;
  if (first == "disk") return SetDisk(second, RestOf(words));
  if (first == "connect") {
    clients_[second] = node_->Connect(next_shard_++ % shard_count_);
    return "";
  }
  if (first == "session") return OpenSession(second, RestOf(words));
  if (first == "account") {
    const auto client = node_->Connect(next_shard_++ % shard_count_);
    client->Send(R"({"hi":{"ver":"0.25"}})");
    client->inbox().clear();
    client->Send(R"({"acc":{"id":"a","user":"new","scheme":"basic","secret":")" +
                 base::EncodeBase64(second + ":secret") + R"(","desc":{"public":{"fn":")" + second +
                 R"("}}}})");
    return Expect(*client, R"({"ctrl":{"code":201,"params":{"user":"$)" + second + R"("}}})", true);
  }
  return RunSession(first, second, RestOf(words));
}

std::string Scenario::SetDisk(const std::string& verb, const std::string& rest) {
  if (verb == "fails") {
    disk_->FailNextWrites(std::stoi(rest));
  } else if (verb == "takes") {
    disk_->SetDelay(absl::Seconds(std::stod(rest)));
  } else {
    return "unknown verb " + verb;
  }
  return "";
}

std::string Scenario::OpenSession(const std::string& session, const std::string& account) {
  clients_[session] = node_->Connect(next_shard_++ % shard_count_);
  SimClient& client = *clients_[session];
  client.Send(R"({"hi":{"ver":"0.25","ua":"Sim/)" + session + R"("}})");
  client.Send(R"({"login":{"id":"login","scheme":"basic","secret":")" +
              base::EncodeBase64(account + ":secret") + R"("}})");
  const std::string problem = Expect(client, R"({"ctrl":{"id":"login","code":200}})", false);
  client.inbox().clear();
  return problem;
}

std::string Scenario::Substitute(std::string text) const {
  for (const auto& [name, value] : variables_) {
    for (std::size_t at = text.find(name); at != std::string::npos;
         at = text.find(name, at + value.size())) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

std::string Scenario::Expect(SimClient& client, const std::string& json, bool next_only) {
  auto& inbox = client.inbox();
  for (auto packet = inbox.begin(); packet != inbox.end(); ++packet) {
    if (Matches(json, *packet, variables_)) {
      inbox.erase(packet);
      return "";
    }
    if (next_only) break;
  }
  return "not received; the inbox holds:" + Inbox(client);
}

std::string Scenario::RunSession(const std::string& session, const std::string& verb,
                                 const std::string& rest) {
  const auto at = clients_.find(session);
  if (at == clients_.end()) return "no session " + session;
  SimClient& client = *at->second;
  if (verb == ">") {
    client.Send(Substitute(rest));
  } else if (verb == "raw") {
    client.Send(rest);
  } else if (verb == "<" || verb == "<<") {
    return Expect(client, rest, verb == "<<");
  } else if (verb == "silent") {
    Variables trial = variables_;
    for (const std::string& packet : client.inbox()) {
      if (rest.empty() || Matches(rest, packet, trial)) return "received: " + packet;
    }
  } else if (verb == "clear") {
    client.inbox().clear();
  } else if (verb == "close") {
    client.Close();
  } else if (verb == "closed") {
    if (!client.was_closed_by_server()) return "still open";
  } else {
    return "unknown verb " + verb;
  }
  return "";
}

}  // namespace molva::test
