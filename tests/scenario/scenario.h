// Runs transcripts of who sends what and who receives what.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/scenario/json_match.h"
#include "tests/support/sim_node.h"

namespace molva::test {

// One .scn file. Lines:
//   # comment
//   node KEY=VALUE …               before everything else: shards, max_subscribers
//   account NAME                   registers NAME and sets $NAME to the user id
//   connect S                      opens session S, nothing sent
//   session S NAME                 opens session S, says hi and logs in as NAME
//   S > JSON                       S sends; $variables are replaced
//   S raw TEXT                     S sends text that need not be JSON
//   S < JSON                       the oldest packet in S's inbox that matches is taken; those
//                                  before it stay
//   S << JSON                      the very next packet in S's inbox matches
//   S silent [JSON]                nothing (that matches) is in S's inbox
//   S clear                        empties S's inbox
//   S close                        S drops the connection
//   S closed                       the server has closed S
//   wait SECONDS                   time passes
//   disk fails N                   the next N writes are refused; nothing of them is stored
//   disk takes SECONDS             every store operation takes that long from now on
//   restart                        the node dies without warning and comes back over its disk
class Scenario {
 public:
  explicit Scenario(std::uint64_t seed);
  ~Scenario();

  // Runs the file. Returns "" or what went wrong where.
  std::string Run(const std::string& path);

 private:
  std::string RunLine(const std::string& line);
  std::string RunSession(const std::string& session, const std::string& verb,
                         const std::string& rest);
  std::string Expect(SimClient& client, const std::string& json, bool next_only);
  std::string OpenSession(const std::string& session, const std::string& account);
  std::string SetDisk(const std::string& verb, const std::string& rest);
  void MakeNode();
  std::string Substitute(std::string text) const;

  SimWorld world_;
  std::shared_ptr<MemoryDisk> disk_;
  int shard_count_ = 3;
  int max_subscribers_ = 128;
  std::unique_ptr<SimNode> node_;
  std::vector<std::unique_ptr<SimNode>> dead_nodes_;
  std::map<std::string, std::unique_ptr<SimClient>> clients_;
  Variables variables_;
  int next_shard_ = 0;
};

}  // namespace molva::test
