#include <utility>

#include "clients/cli/commands.h"
#include "clients/cli/verbs.h"

namespace molva::cli {
namespace {

std::vector<Command> Chats() {
  return {
      {.name = "topics",
       .summary = "List your chats, the newest first",
       .example = "molva topics",
       .run = RunTopics},
      {.name = "group",
       .words = "new|join|invite|leave …",
       .summary = "Make, join, fill or leave a group",
       .details = "group new NAME [WHO…], group join GROUP, group invite GROUP WHO…, group leave "
                  "GROUP. Who left a group can join it again, its owner cannot leave it.",
       .example = "molva group new Tea bob cid",
       .min_words = 2,
       .max_words = kAnyNumber,
       .options = {{"channel", "", "new: a channel, for many readers"}},
       .run = RunGroup},
      {.name = "invite",
       .words = "GROUP WHO…",
       .summary = "Invite people to a group",
       .example = "molva invite grpAbCdEfGhIjK bob",
       .min_words = 2,
       .max_words = kAnyNumber,
       .run = RunInvite},
  };
}

std::vector<Command> Members() {
  return {
      {.name = "members",
       .words = "WHO",
       .summary = "List who is in a chat, and with what role",
       .example = "molva members grpAbCdEfGhIjK",
       .min_words = 1,
       .max_words = 1,
       .run = RunMembers},
      {.name = "role",
       .words = "GROUP WHO ROLE",
       .summary = "Say what a member may do",
       .details =
           "ROLE is reader, member, moderator (may delete messages), admin (may rule over others), "
           "owner, or letters of an access mode. A new owner becomes it by giving himself the "
           "role.",
       .example = "molva role grpAbCdEfGhIjK bob admin",
       .min_words = 3,
       .max_words = 3,
       .run = RunRole},
      {.name = "ban",
       .words = "GROUP WHO",
       .summary = "Put somebody out of a group, and keep him out",
       .example = "molva ban grpAbCdEfGhIjK bob",
       .min_words = 2,
       .max_words = 2,
       .run = RunBan},
      {.name = "unban",
       .words = "GROUP WHO",
       .summary = "Let somebody in again",
       .example = "molva unban grpAbCdEfGhIjK bob",
       .min_words = 2,
       .max_words = 2,
       .run = RunUnban},
      {.name = "remove",
       .words = "GROUP WHO",
       .summary = "Put somebody out of a group; he may come back",
       .example = "molva remove grpAbCdEfGhIjK bob",
       .min_words = 2,
       .max_words = 2,
       .run = RunRemove},
  };
}

}  // namespace

Theme ChatVerbs() {
  Theme theme{"Chats and groups", Chats()};
  for (Command& command : Members()) theme.commands.push_back(std::move(command));
  return theme;
}

}  // namespace molva::cli
