#include "answer.h"

#include <simdjson.h>

#include <array>
#include <string_view>
#include <utility>

namespace molva::auth_rest {
namespace {

namespace dom = simdjson::dom;

constexpr std::string_view kUrlDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kUserTextBytes = 11;

constexpr std::array<std::pair<std::string_view, molva_code>, 10> kErrors = {{
    {"malformed", MOLVA_MALFORMED},
    {"failed", MOLVA_DENIED},
    {"expired", MOLVA_DENIED},
    {"denied", MOLVA_DENIED},
    {"duplicate value", MOLVA_ALREADY_EXISTS},
    {"unsupported", MOLVA_UNSUPPORTED},
    {"policy", MOLVA_POLICY},
    {"credentials", MOLVA_POLICY},
    {"not found", MOLVA_NOT_FOUND},
    {"internal", MOLVA_INTERNAL},
}};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 3> kLevels = {{
    {"anon", MOLVA_AUTH_LEVEL_ANON},
    {"auth", MOLVA_AUTH_LEVEL_AUTH},
    {"root", MOLVA_AUTH_LEVEL_ROOT},
}};

sdk::Outcome Bad(const char* why) { return {MOLVA_INTERNAL, why}; }

// Empty if it is no text.
std::string_view TextOf(dom::object object, std::string_view key) {
  std::string_view text;
  return object.at_key(key).get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string JsonOf(dom::object object, std::string_view key) {
  dom::element value;
  if (object.at_key(key).get(value) != simdjson::SUCCESS || value.is_null()) return {};
  return simdjson::minify(value);
}

// Zero for what is no user id.
std::uint64_t UserOf(std::string_view text) {
  if (text.starts_with("usr")) text.remove_prefix(3);
  if (text.size() != kUserTextBytes) return 0;
  std::uint64_t user = 0;
  unsigned held = 0;
  int bits = 0;
  int place = 0;
  for (const char c : text) {
    const std::size_t value = kUrlDigits.find(c);
    if (value == std::string_view::npos) return 0;
    held = (held << 6 | static_cast<unsigned>(value)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    user |= std::uint64_t{held >> bits & 0xff} << (8 * place++);
  }
  return user;
}

sdk::Outcome ReadLevel(dom::object record, Answer* answer) {
  const std::string_view word = TextOf(record, "authlvl");
  if (word.empty()) return sdk::Done();
  for (const auto& [known, level] : kLevels) {
    if (known != word) continue;
    answer->level = level;
    return sdk::Done();
  }
  return Bad("the answer has an unknown authlvl");
}

// Letters, or a number of which they are bits.
void ReadFeatures(dom::object record, Answer* answer) {
  const std::string_view letters = TextOf(record, "features");
  std::int64_t number = 0;
  if (record.at_key("features").get(number) != simdjson::SUCCESS) number = 0;
  answer->is_validated = letters.find('V') != std::string_view::npos || (number & 1) != 0;
  answer->may_log_in = letters.find('L') == std::string_view::npos && (number & 2) == 0;
}

sdk::Outcome ReadTexts(dom::object object, std::string_view key, std::vector<std::string>* texts) {
  dom::array items;
  if (object.at_key(key).get(items) != simdjson::SUCCESS) return sdk::Done();
  for (const dom::element item : items) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return Bad("the answer lists what is no text");
    texts->emplace_back(text);
  }
  return sdk::Done();
}

sdk::Outcome ReadRecord(dom::object record, Answer* answer) {
  const std::string_view user = TextOf(record, "uid");
  answer->user = UserOf(user);
  if (!user.empty() && answer->user == 0) return Bad("the answer has a uid that is none");
  MOLVA_RETURN_UNLESS_OK(ReadLevel(record, answer));
  ReadFeatures(record, answer);
  return ReadTexts(record, "tags", &answer->newcomer.tags);
}

void ReadNewcomer(dom::object account, Answer* answer) {
  answer->has_newcomer = true;
  Newcomer& newcomer = answer->newcomer;
  newcomer.auth_mode = TextOf(account, "auth");
  newcomer.anon_mode = TextOf(account, "anon");
  newcomer.public_card = JsonOf(account, "public");
  newcomer.trusted = JsonOf(account, "trusted");
  newcomer.private_note = JsonOf(account, "private");
}

}  // namespace

sdk::Outcome ReadAnswer(const std::string& json, Answer* answer) {
  dom::parser parser;
  const simdjson::padded_string padded(json);
  dom::element root;
  dom::object object;
  if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
      root.get(object) != simdjson::SUCCESS) {
    return Bad("the answer is no JSON object");
  }
  const std::string_view error = TextOf(object, "err");
  for (const auto& [word, code] : kErrors) {
    if (word == error) return {code, "the service says " + std::string(word)};
  }
  if (!error.empty()) return Bad("the service says something unknown is wrong");
  answer->has_challenge = !TextOf(object, "byteval").empty();
  if (object.at_key("boolval").get(answer->says_yes) != simdjson::SUCCESS) {
    answer->says_yes = false;
  }
  MOLVA_RETURN_UNLESS_OK(ReadTexts(object, "strarr", &answer->texts));
  dom::object record;
  if (object.at_key("rec").get(record) == simdjson::SUCCESS) {
    MOLVA_RETURN_UNLESS_OK(ReadRecord(record, answer));
  }
  dom::object account;
  if (object.at_key("newacc").get(account) == simdjson::SUCCESS) ReadNewcomer(account, answer);
  return sdk::Done();
}

std::string UserText(std::uint64_t user) {
  std::string text;
  unsigned held = 0;
  int bits = 0;
  for (int place = 0; place < 8; ++place) {
    held = (held << 8 | static_cast<unsigned>(user >> (8 * place) & 0xff)) & 0xffff;
    for (bits += 8; bits >= 6;) {
      bits -= 6;
      text += kUrlDigits[held >> bits & 0x3f];
    }
  }
  if (bits > 0) text += kUrlDigits[held << (6 - bits) & 0x3f];
  return text;
}

}  // namespace molva::auth_rest
