// Runs transcripts of who sends what and who receives what.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/scenario/json_match.h"
#include "tests/support/receipt_box.h"
#include "tests/support/sim_node.h"

namespace molva::test {

// One .scn file. Lines:
//   # comment
//   case NUMBER: TITLE             what follows is this case of docs/protocol pitfalls §B; cases of
//                                  one file build on each other
//   only WHERE …: REASON           WHERE of sim, ws, lp, grpc: where the case, or before the first
//                                  case the file, makes sense, and why elsewhere not; without it,
//                                  everywhere
//   node KEY=VALUE …               before everything else: shards, max_subscribers,
//                                  accounts=permanent, validation=LEVEL (accounts of that level
//                                  need an email), debug_response, letters_per_hour,
//                                  erase_unvalidated_after, delete_age, ask_again_after (seconds),
//                                  requests=all, calls=on, push=on, masked=NAMESPACE (of tags),
//                                  user_messages, user_notes, topic_messages (per second)
//   account NAME                   registers NAME and sets $NAME to the user id
//   operator VERB NAME             the operator promotes, demotes, suspends, restores or deletes
//                                  the account NAME
//   connect S                      opens session S, nothing sent
//   session S NAME [WHERE]         opens session S, says hi and logs in as NAME; WHERE is another
//                                  transport than that of the play
//   S > JSON                       S sends; $variables are replaced
//   S raw TEXT                     S sends text that need not be JSON
//   S bytes N                      S sends N bytes that are no JSON (not in the simulator)
//   S repeat N JSON                S sends the same N times
//   S < JSON                       the oldest packet in S's inbox that matches is taken; those
//                                  before it stay
//   S << JSON                      the very next packet in S's inbox matches; over a transport, the
//                                  next one of its topic
//   S silent [JSON]                nothing (that matches) is in S's inbox
//   S clear                        empties S's inbox
//   S close                        S drops the connection
//   S closed                       the server has closed S
//   wait SECONDS                   time passes
//   letter ADDRESS JSON            the oldest letter to ADDRESS is taken and matches; it has
//                                  reason, code, language, token, scheme, login and, in base64,
//                                  reset_secret (CODE:email:ADDRESS)
//   letter ADDRESS none            there is no letter to ADDRESS
//   push NAME JSON                 the oldest thing that devices of the account NAME (or followers
//                                  of a "channel") were to be told is taken and matches; it has
//                                  what, topic, seq, unread, silent, devices, platform …
//   push NAME none                 there is nothing more they were to be told
//   devices NAME N                 the store knows N devices of the account NAME
//   post fails N                   the next N letters cannot be sent for now
//   disk fails N                   the next N writes are refused; nothing of them is stored
//   disk takes SECONDS             every store operation takes that long from now on
//   restart                        the node dies without warning and comes back over its disk
// And not in the simulator, which has no HTTP:
//   stop                           the node is told to stop, and has stopped
//   fetch METHOD PATH [JSON]       asks over HTTP; the JSON has key (false for none), auth (token),
//                                  headers, body (text), or form: fields in their order, of which
//                                  file is {name, type, text, base64 or bytes (how many)}
//   fetched JSON                   the answer matches; it has status, headers, body (JSON or text)
//                                  and size
class Scenario {
 public:
  explicit Scenario(std::uint64_t seed);
  ~Scenario();

  // Whether the file is one for the simulator.
  static bool IsFor(const std::string& path);
  // Runs the file. Returns "" or what went wrong where.
  std::string Run(const std::string& path);

 private:
  std::string RunLine(const std::string& line);
  std::string RunSession(const std::string& session, const std::string& verb,
                         const std::string& rest);
  std::string Expect(SimClient& client, const std::string& json, bool next_only);
  std::string OpenSession(const std::string& session, const std::string& account);
  std::string Operate(const std::string& verb, const std::string& account);
  std::string ReadLetter(const std::string& to, const std::string& expected);
  void SetOption(const std::string& word);
  std::string SetDisk(const std::string& verb, const std::string& rest);
  std::string TakePush(const std::string& account, const std::string& expected);
  std::string CountDevices(const std::string& user, const std::string& expected) const;
  void MakeNode();
  std::string Substitute(std::string text) const;

  SimWorld world_;
  std::shared_ptr<MemoryDisk> disk_;
  int shard_count_ = 3;
  int max_subscribers_ = 128;
  session::TrafficRates rates_;
  session::Limits::Accounts accounts_ = session::Limits::Accounts::kMayEnd;
  SimValidation validation_;
  const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
  ReceiptBox receipts_;
  push::Pusher* pusher_ = nullptr;
  topic::Limits::Requests requests_ = topic::Limits::Requests::kForeign;
  absl::Duration ask_again_after_ = absl::Hours(24);
  std::vector<std::string> masked_;  // namespaces of tags
  topic::Limits::Calls calls_ = topic::Limits::Calls::kOff;
  model::AccessMode most_in_p2p_ = model::access::kP2p;
  topic::Limits::Search search_ = topic::Limits::Search::kOn;
  absl::Duration delete_age_ = absl::InfiniteDuration();
  std::unique_ptr<SimNode> node_;
  std::vector<std::unique_ptr<SimNode>> dead_nodes_;
  std::map<std::string, std::unique_ptr<SimClient>> clients_;
  Variables variables_;
  int next_shard_ = 0;
};

}  // namespace molva::test
