// The bot at work: goes where it is invited, answers what is meant for it.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <map>
#include <string>

#include "clients/bot/answers.h"
#include "clients/cli/session.h"

namespace molva::bot {

struct Settings {
  std::string server;
  std::string login;
  std::string password;
};

// One login of the bot.
//
// Thread: one.
class Bot {
 public:
  // Logs in and attaches to all topics it is in.
  // Errors: of cli::Session.
  static absl::StatusOr<Bot> Start(const Settings& settings);
  // Answers until the connection breaks, and says why it did.
  absl::Status Run();

 private:
  Bot(cli::Session session, Self self) : session_(std::move(session)), self_(std::move(self)) {}

  absl::Status OnPresence(const molva::v1::ServerPres& pres);
  absl::Status Join(const std::string& topic);
  // Answers messages from `since` on that it has not seen.
  absl::Status CatchUp(const std::string& topic, std::int32_t since);
  absl::Status OnMessage(const molva::v1::ServerData& message);

  cli::Session session_;
  Self self_;
  std::map<std::string, std::int32_t> last_seen_;  // by attached topic: the last message
};

// Runs a bot for ever, coming back after a while when the connection breaks.
// Errors: kUnauthenticated and others that no waiting helps against.
absl::Status RunForever(const Settings& settings);

}  // namespace molva::bot
