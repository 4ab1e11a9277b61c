// molva members, role, ban, unban, remove: who is in a group, and what each may do.
#include <fmt/core.h>

#include "clients/cli/access.h"
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr char kMemberMode[] = "JRWPS";

// A group that the user is in, attached, and somebody he named.
struct GroupAndPerson {
  LoggedIn mine;
  std::string group;
  std::string person;
};

absl::StatusOr<GroupAndPerson> Open(const Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  const std::string group = context.words()[0];
  std::string person = mine.profile.user;
  // Nobody finds himself.
  if (context.words()[1] != mine.profile.login) {
    MOLVA_ASSIGN_OR_RETURN(person, ResolveWho(mine.session, context.words()[1]));
  }
  if (!group.starts_with("grp") || !person.starts_with("usr")) {
    return absl::InvalidArgumentError(
        "write the id of a group (grp…), which molva topics shows, and who in it is meant");
  }
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, group).status());
  return GroupAndPerson{std::move(mine), group, std::move(person)};
}

void Report(const Context& context, const GroupAndPerson& open, std::string_view done) {
  context.printer.Line(fmt::format("{} is {}.", context.words()[1], done));
  context.printer.Object(
      JsonObject().Text("topic", open.group).Text("user", open.person).Text("done", done));
}

// What newcomers to the group get; only its admins are told.
std::string UsualMode(Session& session, const std::string& group) {
  const auto meta = session.Fetch(group, "desc");
  if (!meta.ok() || !meta->has_value()) return kMemberMode;
  const std::string& mode = (*meta)->desc().defacs().auth();
  return mode.find('J') == std::string::npos ? kMemberMode : mode;
}

void PrintMember(const Context& context, const std::string& topic, const v1::TopicSub& sub) {
  const std::string_view role = RoleOf(sub.acs());
  const std::string name = NameOnCard(sub.public_(), sub.user_id());
  const Printer& printer = context.printer;
  printer.Line(fmt::format("{}  {}{}{}", sub.user_id(), Harmless(name),
                           role.empty() ? "" : fmt::format("  {}", role),
                           sub.online() ? printer.Paint(Colour::kGreen, "  online") : ""));
  printer.Object(JsonObject()
                     .Text("topic", topic)
                     .Text("user", sub.user_id())
                     .Text("name", name)
                     .OptionalText("role", role)
                     .OptionalText("want", sub.acs().want())
                     .OptionalText("given", sub.acs().given())
                     .Flag("online", sub.online()));
}

}  // namespace

absl::Status RunMembers(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  MOLVA_ASSIGN_OR_RETURN(const auto meta, mine.session.Fetch(topic, "sub"));
  if (!meta.has_value()) return absl::OkStatus();
  for (const v1::TopicSub& sub : meta->sub()) PrintMember(context, topic, sub);
  return absl::OkStatus();
}

absl::Status RunRole(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::string mode, ModeOfRole(context.words()[2]));
  MOLVA_ASSIGN_OR_RETURN(GroupAndPerson open, Open(context));
  if (open.person == open.mine.profile.user) {
    MOLVA_RETURN_IF_ERROR(WantMode(open.mine.session, open.group, mode));
  } else {
    MOLVA_RETURN_IF_ERROR(GiveMode(open.mine.session, open.group, open.person, mode));
  }
  Report(context, open, "given " + mode);
  return absl::OkStatus();
}

absl::Status RunBan(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(GroupAndPerson open, Open(context));
  MOLVA_RETURN_IF_ERROR(GiveMode(open.mine.session, open.group, open.person, "N"));
  Report(context, open, "banned");
  return absl::OkStatus();
}

absl::Status RunUnban(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(GroupAndPerson open, Open(context));
  const std::string mode = UsualMode(open.mine.session, open.group);
  MOLVA_RETURN_IF_ERROR(GiveMode(open.mine.session, open.group, open.person, mode));
  Report(context, open, "let in again");
  return absl::OkStatus();
}

absl::Status RunRemove(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(GroupAndPerson open, Open(context));
  v1::ClientMsg message;
  message.mutable_del()->set_topic(open.group);
  message.mutable_del()->set_what(v1::ClientDel::WHAT_SUB);
  message.mutable_del()->set_user_id(open.person);
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl ctrl, open.mine.session.Call(std::move(message)));
  if (ctrl.code() == 304) {
    return absl::NotFoundError(
        fmt::format("{} is not in {}", context.words()[1], context.words()[0]));
  }
  Report(context, open, "removed");
  return absl::OkStatus();
}

}  // namespace molva::cli
