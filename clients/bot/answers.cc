#include "clients/bot/answers.h"

#include <absl/strings/ascii.h>
#include <absl/strings/match.h>
#include <fmt/core.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "clients/cli/json_text.h"

namespace molva::bot {
namespace {

constexpr std::string_view kHelp =
    "I know: help; time; echo TEXT; count TEXT. In a group mention me, here just write.";

// Content is a text, or an object with the text and what stands in it.
std::string TextOf(const std::string& content) {
  return cli::FindText(content, "").value_or(cli::FindText(content, "/txt").value_or(""));
}

bool IsMentioned(const Self& self, const molva::v1::ServerData& message) {
  const auto head = message.head().find("mentions");
  if (head != message.head().end()) {
    const std::vector<std::string> users = cli::FindTexts(head->second, "");
    if (std::find(users.begin(), users.end(), self.user) != users.end()) return true;
  }
  for (const std::string& entity : cli::FindElements(message.content(), "/ent")) {
    if (cli::FindText(entity, "/tp") == "MN" && cli::FindText(entity, "/data/val") == self.user) {
      return true;
    }
  }
  return false;
}

// Takes the first "@login" out of `text`; false if there is none. A longer name is another one.
bool TakeName(const std::string& login, std::string& text) {
  const std::string name = "@" + login;
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if (end < text.size() && absl::ascii_isalnum(static_cast<unsigned char>(text[end]))) continue;
    text.erase(at, name.size());
    return true;
  }
  return false;
}

std::string Trimmed(std::string text) {
  absl::StripAsciiWhitespace(&text);
  return text;
}

// The characters of UTF-8: every byte but those that go on.
std::size_t CountCharacters(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char byte) { return (byte & '\xc0') != '\x80'; }));
}

}  // namespace

std::optional<std::string> MeantFor(const Self& self, const molva::v1::ServerData& message) {
  if (message.from_user_id().empty() || message.from_user_id() == self.user) return std::nullopt;
  if (message.head().contains(kBotKey)) return std::nullopt;
  std::string text = TextOf(message.content());
  const bool is_named = TakeName(self.login, text);
  const bool is_alone = message.topic().rfind("usr", 0) == 0;
  if (!is_alone && !is_named && !IsMentioned(self, message)) return std::nullopt;
  return Trimmed(std::move(text));
}

std::string AnswerTo(const std::string& text, absl::Time now) {
  const std::size_t blank = text.find(' ');
  const std::string word = absl::AsciiStrToLower(text.substr(0, blank));
  const std::string rest = blank == std::string::npos ? "" : Trimmed(text.substr(blank));
  if (word == "time") return absl::FormatTime("It is %H:%M UTC.", now, absl::UTCTimeZone());
  if (word == "echo" && !rest.empty()) return rest;
  if (word == "count") return fmt::format("{} characters.", CountCharacters(rest));
  return std::string(kHelp);
}

}  // namespace molva::bot
