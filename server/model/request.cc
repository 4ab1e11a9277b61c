#include "model/request.h"

#include "base/strings.h"

namespace molva::model {

std::string_view AuthLevelName(AuthLevel level) {
  switch (level) {
    case AuthLevel::kAnon:
      return "anon";
    case AuthLevel::kAuth:
      return "auth";
    case AuthLevel::kRoot:
      return "root";
    case AuthLevel::kNone:
      break;
  }
  return "";
}

AuthLevel ParseAuthLevel(std::string_view text) {
  const std::string lower = base::AsciiLower(text);
  for (const AuthLevel level : {AuthLevel::kAnon, AuthLevel::kAuth, AuthLevel::kRoot}) {
    if (lower == AuthLevelName(level)) return level;
  }
  return AuthLevel::kNone;
}

std::string_view TopicOf(const Request& request) {
  return std::visit(
      [](const auto& body) -> std::string_view {
        if constexpr (requires { body.topic; }) {
          return body.topic;
        } else {
          return {};
        }
      },
      request.body);
}

}  // namespace molva::model
