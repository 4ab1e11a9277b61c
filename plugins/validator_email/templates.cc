#include "templates.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace molva::validator_email {
namespace {

constexpr std::uintmax_t kMaxFileBytes = 65536;
constexpr std::size_t kMaxFiles = 256;
constexpr std::array<std::string_view, 7> kWords = {"Code",  "Cred",   "HostUrl", "Link",
                                                    "Login", "Scheme", "Token"};

constexpr std::string_view kConfirmText =
    "Hello,\n\nyour confirmation code is {{Code}}. Enter it in the app, or open\n\n{{Link}}\n\n"
    "If you did not ask for it, ignore this letter.\n";
constexpr std::string_view kConfirmHtml =
    "<p>Hello,</p><p>your confirmation code is <b>{{Code}}</b>. Enter it in the app, or "
    "<a href=\"{{Link}}\">open this link</a>.</p>"
    "<p>If you did not ask for it, ignore this letter.</p>\n";
constexpr std::string_view kResetText =
    "Hello {{Login}},\n\nsomebody asked for a new password of your account. The code is {{Code}}. "
    "Enter it in the app, or open\n\n{{Link}}\n\nIf it was not you, ignore this letter: nothing "
    "changes.\n";
constexpr std::string_view kResetHtml =
    "<p>Hello {{Login}},</p><p>somebody asked for a new password of your account. The code is "
    "<b>{{Code}}</b>. Enter it in the app, or <a href=\"{{Link}}\">open this link</a>.</p>"
    "<p>If it was not you, ignore this letter: nothing changes.</p>\n";

std::string AsIs(std::string_view word) { return std::string(word); }

// For one line: no control characters.
std::string InLine(std::string_view word) {
  std::string line(word);
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  return line;
}

std::string InHtml(std::string_view word) {
  std::string text;
  for (const char c : word) {
    switch (c) {
      case '&':
        text += "&amp;";
        break;
      case '<':
        text += "&lt;";
        break;
      case '>':
        text += "&gt;";
        break;
      case '"':
        text += "&quot;";
        break;
      case '\'':
        text += "&#39;";
        break;
      default:
        text += c;
    }
  }
  return text;
}

// The text between the next pair of braces; npos at the end.
struct Slot {
  std::size_t begin = std::string_view::npos;
  std::size_t end = 0;
  std::string_view name;
};
Slot NextSlot(std::string_view text, std::size_t from) {
  const std::size_t begin = text.find("{{", from);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find("}}", begin);
  if (end == std::string_view::npos) return {};
  return {begin, end + 2, text.substr(begin + 2, end - begin - 2)};
}

template <typename Escape>
std::string Fill(std::string_view text, const Words& words, Escape escape) {
  std::string filled;
  std::size_t at = 0;
  for (Slot slot = NextSlot(text, 0); slot.begin != std::string_view::npos;
       slot = NextSlot(text, at)) {
    filled += text.substr(at, slot.begin - at);
    const auto word = words.find(slot.name);
    if (word != words.end()) filled += escape(word->second);
    at = slot.end;
  }
  return filled.append(text.substr(at));
}

// The first word that is none; empty if all are.
std::string UnknownWord(std::string_view text) {
  for (Slot slot = NextSlot(text, 0); slot.begin != std::string_view::npos;
       slot = NextSlot(text, slot.end)) {
    if (std::find(kWords.begin(), kWords.end(), slot.name) == kWords.end()) {
      return std::string(slot.name);
    }
  }
  return {};
}

std::string KeyOf(Reason reason, std::string_view language) {
  std::string key(reason == Reason::kReset ? "reset_" : "confirm_");
  for (const char c : language) {
    if (c >= 'A' && c <= 'Z') {
      key += static_cast<char>(c - 'A' + 'a');
    } else {
      key += c == '_' ? '-' : c;
    }
  }
  return key;
}

bool HasKind(std::string_view stem) {
  return stem.starts_with("confirm_") || stem.starts_with("reset_");
}

}  // namespace

Templates::Templates() {
  templates_["confirm_en"] = {"Your confirmation code", std::string(kConfirmText),
                              std::string(kConfirmHtml)};
  templates_["reset_en"] = {"A new password", std::string(kResetText), std::string(kResetHtml)};
}

Outcome Templates::Load(const std::string& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string extension = at->path().extension().string();
    if (extension == ".txt" || extension == ".html") paths.push_back(at->path());
  }
  if (error) return {MOLVA_UNAVAILABLE, "cannot read " + folder + ": " + error.message()};
  if (paths.size() > kMaxFiles) return {MOLVA_MALFORMED, "too many templates in " + folder};
  // The text of a letter comes first: without one, its HTML has no subject.
  std::sort(paths.begin(), paths.end(), [](const auto& one, const auto& other) {
    return std::pair(one.extension() == ".html", one) <
           std::pair(other.extension() == ".html", other);
  });
  for (const auto& path : paths) {
    MOLVA_RETURN_UNLESS_OK(LoadFile(path.string(), path.stem().string()));
  }
  return Done();
}

Outcome Templates::LoadFile(const std::string& path, const std::string& stem) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > kMaxFileBytes || error) {
    return {MOLVA_MALFORMED, path + " is no file of at most 64 KiB"};
  }
  std::ifstream file(path, std::ios::binary);
  std::string content((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (!file) return {MOLVA_UNAVAILABLE, "cannot read " + path};
  if (const std::string word = UnknownWord(content); !word.empty()) {
    return {MOLVA_MALFORMED, path + ": there is no word " + word};
  }
  if (!HasKind(stem)) return {MOLVA_MALFORMED, path + ": is neither confirm_… nor reset_…"};
  const Reason reason = stem.starts_with("reset_") ? Reason::kReset : Reason::kConfirm;
  const std::string key = KeyOf(reason, stem.substr(stem.find('_') + 1));
  if (path.ends_with(".html")) {
    const auto found = templates_.find(key);
    if (found == templates_.end()) return {MOLVA_MALFORMED, path + ": there is no .txt beside it"};
    found->second.html = std::move(content);
    return Done();
  }
  const std::size_t line = content.find("\n\n");
  if (line == std::string::npos || line == 0 || content.find('\n') != line) {
    return {MOLVA_MALFORMED, path + ": the first line must be the subject, the second empty"};
  }
  templates_[key] = {content.substr(0, line), content.substr(line + 2), {}};
  return Done();
}

const Template& Templates::Find(Reason reason, std::string_view language) const {
  const std::size_t part = language.find_first_of("-_");
  for (const std::string_view wanted : {language, language.substr(0, part)}) {
    const auto found = templates_.find(KeyOf(reason, wanted));
    if (found != templates_.end()) return found->second;
  }
  return templates_.find(KeyOf(reason, "en"))->second;
}

Rendered Templates::Render(Reason reason, std::string_view language, const Words& words) const {
  const Template& letter = Find(reason, language);
  return {InLine(Fill(letter.subject, words, AsIs)), Fill(letter.text, words, AsIs),
          Fill(letter.html, words, InHtml)};
}

}  // namespace molva::validator_email
