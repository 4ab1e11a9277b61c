#include "tests/scenario/scenario.h"

#include <algorithm>
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

// Of a line "only WHERE …: REASON".
bool NamesSimulator(const std::string& line) {
  std::istringstream words(line.substr(0, line.find(':')));
  std::string word;
  while (words >> word) {
    if (word == "sim") return true;
  }
  return false;
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
  node_ =
      std::make_unique<SimNode>(world_, shard_count_, disk_, SimIdentity{}, validation_, pusher_);
  node_->topic_limits().max_subscribers = max_subscribers_;
  node_->topic_limits().calls = calls_;
  node_->topic_limits().masked_tag_namespaces = masked_;
  node_->topic_limits().delete_age = delete_age_;
  node_->topic_limits().most_in_p2p = most_in_p2p_;
  node_->topic_limits().search = search_;
  node_->topic_limits().requests = requests_;
  node_->topic_limits().ask_again_after = ask_again_after_;
  node_->session_limits().accounts = accounts_;
  node_->traffic().SetRates(rates_);
}

void Scenario::SetOption(const std::string& word) {
  const std::size_t equals = word.find('=');
  const std::string key = word.substr(0, equals);
  const std::string value = equals == std::string::npos ? "" : word.substr(equals + 1);
  if (key == "shards") shard_count_ = std::stoi(value);
  if (key == "max_subscribers") max_subscribers_ = std::stoi(value);
  if (word == "requests=all") requests_ = topic::Limits::Requests::kAll;
  if (key == "ask_again_after") ask_again_after_ = absl::Seconds(std::stoi(value));
  if (key == "masked") masked_.push_back(value);
  if (word == "push=on") pusher_ = &receipts_;
  if (key == "delete_age") delete_age_ = absl::Seconds(std::stoi(value));
  if (word == "p2p_delete=on") most_in_p2p_ = model::access::kP2p.With(model::AccessMode::kDelete);
  if (word == "search=off") search_ = topic::Limits::Search::kOff;
  if (word == "calls=on") calls_ = topic::Limits::Calls::kOn;
  if (word == "accounts=permanent") accounts_ = session::Limits::Accounts::kPermanent;
  if (key == "user_messages") rates_.user_messages = std::stoi(value);
  if (key == "user_notes") rates_.user_notes = std::stoi(value);
  if (key == "topic_messages") rates_.topic_messages = std::stoi(value);
  if (key == "validation") {
    validation_.mailbox = mailbox_;
    validation_.email.required_for.push_back(model::ParseAuthLevel(value));
    validation_.email.adds_tags = true;
  }
  if (key == "debug_response") validation_.email.debug_response = value;
  if (key == "letters_per_hour") validation_.letters_per_hour = std::stoi(value);
  if (key == "erase_unvalidated_after") {
    validation_.erase_unvalidated_after = absl::Seconds(std::stoi(value));
  }
}

bool Scenario::IsFor(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line) && !line.starts_with("case ")) {
    if (line.starts_with("only ")) return NamesSimulator(line);
  }
  return true;
}

std::string Scenario::Run(const std::string& path) {
  std::ifstream file(path);
  if (!file) return "cannot read " + path;
  std::string line;
  std::string heading;
  bool is_elsewhere = false;  // this case is not for the simulator
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("case ")) {
      heading = line + "\n    ";
      is_elsewhere = false;
    } else if (line.starts_with("only ")) {
      is_elsewhere = !NamesSimulator(line);
    } else if (!is_elsewhere) {
      const std::string problem = RunLine(line);
      if (!problem.empty()) {
        return path + ":" + std::to_string(number) + ": " + heading + line + "\n    " + problem;
      }
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
    while (words >> second) SetOption(second);
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
    node_->Kill();
    dead_nodes_.push_back(std::move(node_));
    MakeNode();
    return "";
  }
  words >> second;
  if (first == "operator") return Operate(second, RestOf(words));
  if (first == "push") return TakePush(second, RestOf(words));
  if (first == "devices") return CountDevices(Substitute("$" + second), RestOf(words));
  if (first == "letter") return ReadLetter(Substitute(second), RestOf(words));
  if (first == "post") {
    mailbox_->FailNext(std::stoi(RestOf(words)));
    return second == "fails" ? "" : "unknown verb " + second;
  }
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

std::string Scenario::TakePush(const std::string& account, const std::string& expected) {
  const std::string to = account == "channel" ? account : Substitute("$" + account);
  auto& entries = receipts_.entries();
  const auto at = std::find_if(entries.begin(), entries.end(),
                               [&](const ReceiptBox::Entry& entry) { return entry.to == to; });
  if (at == entries.end()) return expected == "none" ? "" : "nothing was pushed to " + to;
  const std::string json = at->json;
  entries.erase(at);
  return expected != "none" && Matches(expected, json, variables_) ? "" : "pushed was " + json;
}

std::string Scenario::CountDevices(const std::string& user, const std::string& expected) const {
  const std::size_t count = disk_->With([&user](const MemoryDatabase& database) {
    return database.ListDevices(*model::UserId::Parse(user)).size();
  });
  return std::to_string(count) == expected ? "" : "there are " + std::to_string(count);
}

std::string Scenario::Operate(const std::string& verb, const std::string& account) {
  using session::AccountAction;
  static const std::map<std::string, AccountAction> kVerbs = {
      {"promote", AccountAction::kPromote}, {"demote", AccountAction::kDemote},
      {"suspend", AccountAction::kSuspend}, {"restore", AccountAction::kRestore},
      {"delete", AccountAction::kEnd},
  };
  const auto action = kVerbs.find(verb);
  if (action == kVerbs.end()) return "unknown verb " + verb;
  std::string problem = "the node has not answered";
  node_->DoToAccount(action->second, account, [&problem](const auto& outcome) {
    problem = outcome.ok() ? "" : std::string(outcome.status().message());
  });
  return problem;
}

std::string Scenario::ReadLetter(const std::string& to, const std::string& expected) {
  using model::JsonText;
  const std::optional<validation::Letter> letter = mailbox_->Take(to);
  if (!letter.has_value()) return expected == "none" ? "" : "there is no letter to " + to;
  const bool is_reset = letter->reason == validation::Reason::kReset;
  const std::string text =
      model::JsonObject(
          {{"reason", JsonText(is_reset ? "reset" : "confirm")},
           {"code", JsonText(letter->code)},
           {"language", JsonText(letter->language)},
           {"token", JsonText(letter->token)},
           {"scheme", JsonText(letter->scheme)},
           {"login", JsonText(letter->login)},
           {"reset_secret", JsonText(base::EncodeBase64(letter->code + ":email:" + to))}})
          .text;
  return Matches(expected, text, variables_) ? "" : "the letter is " + text;
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
  } else if (verb == "repeat") {
    std::istringstream words(rest);
    int count = 0;
    words >> count;
    const std::string packet = Substitute(RestOf(words));
    for (int i = 0; i < count; ++i) client.Send(packet);
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
