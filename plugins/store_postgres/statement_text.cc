#include "statement_text.h"

namespace molva::store_postgres {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || IsDigit(c);
}

std::string_view TakeWhile(std::string_view text, bool (*is_in)(char)) {
  std::size_t size = 0;
  while (size < text.size() && is_in(text[size])) ++size;
  return text.substr(0, size);
}

// What stands in quotes, with them.
std::string_view TakeQuoted(std::string_view text) {
  const std::size_t end = text.find(text.front(), 1);
  return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

}  // namespace

std::string StatementText(std::string_view sql) {
  std::string text;
  int parameters = 0;
  while (!sql.empty()) {
    const char c = sql.front();
    std::string_view taken = sql.substr(0, 1);
    if (c == '\'' || c == '"') {
      taken = TakeQuoted(sql);
      text += taken;
    } else if (c == '?') {
      const std::string_view number = TakeWhile(sql.substr(1), IsDigit);
      text += '$';
      text += number.empty() ? std::to_string(++parameters) : std::string(number);
      taken = sql.substr(0, 1 + number.size());
    } else if (IsOfWord(c)) {
      taken = TakeWhile(sql, IsOfWord);
      const bool is_qualified = !text.empty() && text.back() == '.';
      if (taken == "user" && !is_qualified) {
        text += "\"user\"";
      } else {
        text += taken;
      }
    } else {
      text += c;
    }
    sql.remove_prefix(taken.size());
  }
  return text;
}

}  // namespace molva::store_postgres
