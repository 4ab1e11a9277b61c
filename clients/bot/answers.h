// What the bot says, and to what: plain functions, to be replaced by your own.
#pragma once

#include <absl/time/time.h>
#include <molva/v1/replies.pb.h>

#include <optional>
#include <string>

namespace molva::bot {

// Who the bot is.
struct Self {
  std::string user;   // "usr…"
  std::string login;  // people may write "@login"
};

// What other bots put into the head of their answers, so that no two of them talk for ever.
inline constexpr char kBotKey[] = "x-molva-bot";

// The text that is meant for the bot, without its name: all that a person writes to it alone; in a
// group only what mentions it, in head.mentions, as an entity MN, or as "@login".
std::optional<std::string> MeantFor(const Self& self, const molva::v1::ServerData& message);

// The answer to `text`.
std::string AnswerTo(const std::string& text, absl::Time now);

}  // namespace molva::bot
