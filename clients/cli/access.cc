#include "clients/cli/access.h"

#include <fmt/core.h>

#include <array>
#include <utility>

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

struct Role {
  std::string_view name;
  char mark;  // the letter that only this role and those above it have
  std::string_view mode;
};
// The highest first. Source: docs/protocol behaviour §3.
constexpr std::array<Role, 5> kRoles = {{{"owner", 'O', "JRWPASDO"},
                                         {"admin", 'A', "JRWPASD"},
                                         {"moderator", 'D', "JRWPSD"},
                                         {"member", 'W', "JRWPS"},
                                         {"reader", 'R', "JRP"}}};

bool Has(std::string_view mode, char letter) { return mode.find(letter) != std::string_view::npos; }

// `user` empty: the mode that the caller wants.
absl::Status SetMode(Session& session, const std::string& topic, const std::string& user,
                     const std::string& mode) {
  v1::ClientMsg message;
  message.mutable_set()->set_topic(topic);
  v1::SetSub& sub = *message.mutable_set()->mutable_query()->mutable_sub();
  sub.set_user_id(user);
  sub.set_mode(mode);
  return session.Call(std::move(message)).status();
}

}  // namespace

absl::Status WantMode(Session& session, const std::string& topic, const std::string& mode) {
  return SetMode(session, topic, "", mode);
}

absl::Status GiveMode(Session& session, const std::string& topic, const std::string& user,
                      const std::string& mode) {
  return SetMode(session, topic, user, mode);
}

bool Grants(const v1::AccessMode& access, char letter) {
  return Has(access.given(), letter) && Has(access.want(), letter);
}

std::string_view RoleOf(const v1::AccessMode& access) {
  if (access.want().empty() && access.given().empty()) return "";
  if (!Has(access.given(), 'J')) return "banned";
  if (!Has(access.want(), 'J')) return "away";
  for (const Role& role : kRoles) {
    if (Grants(access, role.mark)) return role.name;
  }
  return "away";
}

absl::StatusOr<std::string> ModeOfRole(const std::string& text) {
  for (const Role& role : kRoles) {
    if (role.name == text) return std::string(role.mode);
  }
  if (!text.empty() && text.find_first_not_of("JRWPASDO") == std::string::npos) return text;
  return absl::InvalidArgumentError(
      fmt::format("{} is no role; write owner, admin, moderator, member or reader, or letters of "
                  "an access mode, as JRWPS",
                  text));
}

}  // namespace molva::cli
