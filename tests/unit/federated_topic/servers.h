// Several servers and the people on them, for tests that read like a transcript.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/scenario/json_match.h"
#include "tests/support/federated_node.h"
#include "tests/support/receipt_box.h"

namespace molva::test {

// Servers that know each other. Of an account "bob" on b.test, $bob is his id there and $Bob his
// global name; variables stand for themselves in what is sent and expected.
class Servers {
 public:
  explicit Servers(const std::vector<std::string>& domains,
                   const federation::Options& options = {});
  // `judges`: by domain; borrowed.
  Servers(const std::vector<std::string>& domains,
          const std::map<std::string, const Seats*>& judges, const federation::Options& options);
  ~Servers();

  // Registers `name` on `domain`, with a session of that name that is attached to `me`.
  void Account(const std::string& name, const std::string& domain);
  // Another session of an account.
  void Open(const std::string& session, const std::string& name);
  void Close(const std::string& session);
  // `session` sends, and a second passes.
  void Send(const std::string& session, std::string json);
  // Takes the oldest packet that matches out of the session's inbox. Returns "" or, if there is
  // none, what there is.
  std::string Expect(const std::string& session, const std::string& json);
  // Returns "" or the packet that matches.
  std::string Silent(const std::string& session, const std::string& json);
  void Clear();
  // What devices were to be told by `domain`, taken: for each the account and the JSON.
  std::deque<ReceiptBox::Entry> TakePushes(const std::string& domain);
  void Wait(absl::Duration span) { world_.Advance(span); }

  SimNetwork& network() { return network_; }
  FederatedNode& at(const std::string& domain) { return *nodes_.at(domain); }
  // Dies and comes back over its disk; sessions there are gone.
  void Restart(const std::string& domain);
  void CutOff(const std::string& one, const std::string& other);
  void Mend();

  // asker asks, peer accepts; both are attached to the topic then.
  std::string Befriend(const std::string& asker, const std::string& peer);
  // `global` becomes the name of `local`, a group of `domain`.
  void SetGlobal(const std::string& global, const std::string& local, const std::string& domain) {
    variables_[global] = variables_.at(local) + "@" + domain;
  }
  // The text with its variables replaced.
  std::string Fill(std::string text) const;
  static std::string Global(std::string name);

 private:
  struct Session {
    std::string domain;
    std::unique_ptr<SimClient> client;
  };

  void Login(const std::string& session, const std::string& name, const std::string& domain);

  SimWorld world_{1};
  SimNetwork network_{world_};
  std::map<std::string, ReceiptBox> boxes_;
  std::map<std::string, std::unique_ptr<FederatedNode>> nodes_;
  std::map<std::string, std::string> homes_;  // of accounts
  std::map<std::string, Session> sessions_;
  Variables variables_;
};

}  // namespace molva::test
