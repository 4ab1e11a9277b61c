#include "tests/unit/federated_topic/servers.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/strings.h"

namespace molva::test {
namespace {

std::string Secret(const std::string& name) { return base::EncodeBase64(name + ":secret"); }

}  // namespace

Servers::Servers(const std::vector<std::string>& domains, const federation::Options& options)
    : Servers(domains, {}, options) {}

Servers::Servers(const std::vector<std::string>& domains,
                 const std::map<std::string, const Seats*>& judges,
                 const federation::Options& options) {
  base::ConfigureLog(base::LogLevel::kSilent, base::LogFormat::kText);
  std::map<std::string, federation::ServerKey> keys;
  std::vector<federation::StaticPeer> known;
  for (const std::string& domain : domains) {
    const auto key = federation::ServerKey::Generate(world_.random());
    keys.emplace(domain, key);
    known.push_back(StaticPeerOf(domain, key));
  }
  for (const auto& [domain, key] : keys) {
    FederatedIdentity identity{.domain = domain,
                               .key = key,
                               .options = options,
                               .peers = known,
                               .pusher = &boxes_[domain],
                               .judges = judges.contains(domain) ? judges.at(domain) : nullptr};
    nodes_[domain] = std::make_unique<FederatedNode>(world_, network_, std::move(identity));
  }
}

Servers::~Servers() { sessions_.clear(); }

std::deque<ReceiptBox::Entry> Servers::TakePushes(const std::string& domain) {
  return std::exchange(boxes_[domain].entries(), {});
}

std::string Servers::Global(std::string name) {
  name.front() = static_cast<char>(name.front() - 'a' + 'A');
  return name;
}

void Servers::Login(const std::string& session, const std::string& name,
                    const std::string& domain) {
  Session& fresh = sessions_[session];
  fresh.domain = domain;
  fresh.client = at(domain).node().Connect(0);
  Send(session, R"({"hi":{"ver":"0.25"}})");
  Send(session, R"({"login":{"id":"login","scheme":"basic","secret":")" + Secret(name) + R"("}})");
}

void Servers::Account(const std::string& name, const std::string& domain) {
  homes_[name] = domain;
  sessions_[name] = {domain, at(domain).node().Connect(0)};
  Send(name, R"({"hi":{"ver":"0.25"}})");
  Send(name, R"({"acc":{"id":"acc","user":"new","scheme":"basic","login":true,)"
             R"("desc":{"public":{"fn":")" +
                 name + R"("}},"secret":")" + Secret(name) + R"("}})");
  const std::string wrong =
      Expect(name, R"({"ctrl":{"id":"acc","params":{"user":"$)" + name + R"("}}})");
  MOLVA_CHECK(wrong.empty(), wrong.c_str());
  variables_["$" + Global(name)] = variables_.at("$" + name) + "@" + domain;
  Send(name, R"({"sub":{"id":"me","topic":"me"}})");
  sessions_[name].client->inbox().clear();
}

void Servers::Open(const std::string& session, const std::string& name) {
  Login(session, name, homes_.at(name));
  sessions_[session].client->inbox().clear();
}

void Servers::Close(const std::string& session) {
  sessions_.erase(session);
  Wait(absl::Seconds(1));
}

std::string Servers::Fill(std::string text) const {
  // The longest name first: $bob is not part of $bobby.
  std::vector<std::string> names;
  for (const auto& [name, value] : variables_) names.push_back(name);
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::string& name : names) {
    for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
      text.replace(at, name.size(), variables_.at(name));
    }
  }
  return text;
}

void Servers::Send(const std::string& session, std::string json) {
  sessions_.at(session).client->Send(Fill(std::move(json)));
  Wait(absl::Seconds(1));
}

std::string Servers::Expect(const std::string& session, const std::string& json) {
  auto& inbox = sessions_.at(session).client->inbox();
  for (auto packet = inbox.begin(); packet != inbox.end(); ++packet) {
    Variables trial = variables_;
    if (!Matches(Fill(json), *packet, trial)) continue;
    variables_ = std::move(trial);
    inbox.erase(packet);
    return "";
  }
  std::string there = session + " did not get " + Fill(json) + " but";
  for (const std::string& packet : inbox) there += "\n  " + packet;
  return there;
}

std::string Servers::Silent(const std::string& session, const std::string& json) {
  for (const std::string& packet : sessions_.at(session).client->inbox()) {
    Variables trial = variables_;
    if (Matches(Fill(json), packet, trial)) return packet;
  }
  return "";
}

void Servers::Clear() {
  for (auto& [name, session] : sessions_) session.client->inbox().clear();
}

void Servers::Restart(const std::string& domain) {
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.domain == domain; });
  at(domain).Kill(SimNetwork::Death::kProcess);
  Wait(absl::Seconds(1));
  at(domain).Start();
  Wait(absl::Seconds(1));
}

void Servers::CutOff(const std::string& one, const std::string& other) {
  network_.Cut(one, other);
  network_.Cut(other, one);
  network_.Break(one, other);
  Wait(absl::Seconds(1));
}

void Servers::Mend() {
  network_.MendAll();
  Wait(absl::Minutes(2));
}

std::string Servers::Befriend(const std::string& asker, const std::string& peer) {
  const auto topic_of = [](const std::string& name) { return "$" + Global(name); };
  Send(asker, R"({"sub":{"id":"ask","topic":")" + topic_of(peer) + R"("}})");
  if (std::string why = Expect(asker, R"({"ctrl":{"id":"ask","code":200}})"); !why.empty()) {
    return why;
  }
  const std::string topic = topic_of(asker);
  Send(peer, R"({"sub":{"id":"see","topic":")" + topic + R"("}})");
  Send(peer, R"({"set":{"id":"own","topic":")" + topic + R"(","sub":{"mode":"JRWPA"}}})");
  if (std::string why = Expect(peer, R"({"ctrl":{"id":"own","code":200}})"); !why.empty()) {
    return why;
  }
  Send(peer, R"({"set":{"id":"gift","topic":")" + topic + R"(","sub":{"user":")" + topic +
                 R"(","mode":"JRWPA"}}})");
  if (std::string why = Expect(peer, R"({"ctrl":{"id":"gift","code":200}})"); !why.empty()) {
    return why;
  }
  Clear();
  return "";
}

}  // namespace molva::test
