// molva account: what becomes of the user's own account.
#include <fmt/core.h>
#include <unistd.h>

#include <iostream>

#include "clients/cli/access.h"
#include "clients/cli/commands.h"
#include "clients/cli/contact_requests.h"
#include "clients/cli/export_messages.h"
#include "clients/cli/logins.h"
#include "clients/cli/password.h"
#include "clients/cli/people.h"
#include "clients/cli/second_factor.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

// The user writes his name again, or has said --yes.
absl::Status Confirm(const Context& context, const std::string& login) {
  if (context.arguments.Has("yes")) return absl::OkStatus();
  if (::isatty(STDIN_FILENO) == 0) {
    return absl::InvalidArgumentError(
        "this cannot be taken back; where nobody can be asked, write: molva account delete --yes");
  }
  std::cerr << "This ends your account for good. Write your login name to go on: " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  if (line == login) return absl::OkStatus();
  return absl::FailedPreconditionError("that is not your login name; nothing was deleted");
}

absl::Status Delete(Context& context, LoggedIn& mine) {
  MOLVA_RETURN_IF_ERROR(Confirm(context, mine.profile.login));
  v1::ClientMsg message;
  message.mutable_del()->set_what(v1::ClientDel::WHAT_USER);
  message.mutable_del()->set_hard(context.arguments.Has("hard"));
  MOLVA_RETURN_IF_ERROR(mine.session.Call(std::move(message)).status());
  MOLVA_RETURN_IF_ERROR(ForgetProfile(context.profile_name));
  context.printer.Line("Your account is deleted.");
  context.printer.Object(JsonObject().Text("user", mine.profile.user).Text("done", "deleted"));
  return absl::OkStatus();
}

absl::Status ChangePassword(Context& context, LoggedIn& mine) {
  const bool alone = context.arguments.Has("log-out-others");
  if (alone) MOLVA_RETURN_IF_ERROR(mine.session.Require("sessions", "list of devices"));
  MOLVA_ASSIGN_OR_RETURN(const std::string password,
                         ReadPassword("New password: ", context.arguments.Get("password-file")));
  v1::ClientMsg message;
  message.mutable_acc()->set_scheme("basic");
  // Without a name before the colon the login stays.
  message.mutable_acc()->set_secret(":" + password);
  MOLVA_RETURN_IF_ERROR(mine.session.Call(std::move(message)).status());
  if (alone) MOLVA_RETURN_IF_ERROR(EndLogins(mine.session, "others", "").status());
  context.printer.Line("Your password is changed.");
  context.printer.Object(
      JsonObject().Text("user", mine.profile.user).Text("done", "password changed"));
  return absl::OkStatus();
}

absl::Status ExportCard(LoggedIn& mine, NewFile& file) {
  MOLVA_RETURN_IF_ERROR(mine.session.Attach("me").status());
  JsonObject object;
  object.Text("kind", "account").Text("user", mine.profile.user).Text("login", mine.profile.login);
  MOLVA_ASSIGN_OR_RETURN(const auto desc, mine.session.Fetch("me", "desc"));
  if (desc.has_value()) {
    object.Time("created", desc->desc().created_at())
        .Raw("public", desc->desc().public_())
        .Raw("private", desc->desc().private_());
  }
  MOLVA_ASSIGN_OR_RETURN(const auto tags, mine.session.Fetch("me", "tags"));
  std::vector<std::string> list;
  if (tags.has_value()) {
    for (const std::string& tag : tags->tags()) list.push_back(JsonText(tag));
  }
  object.Raw("tags", JsonArray(list));
  MOLVA_ASSIGN_OR_RETURN(const auto contacts, mine.session.Fetch("me", "cred"));
  list.clear();
  if (contacts.has_value()) {
    for (const v1::ServerCred& one : contacts->cred()) {
      list.push_back(JsonObject()
                         .Text("method", one.method())
                         .Text("value", one.value())
                         .Flag("confirmed", one.done())
                         .Line());
    }
  }
  return WriteLine(file, object.Raw("credentials", JsonArray(list)));
}

// One chat, and then its messages if it is one that can be entered.
absl::StatusOr<std::int64_t> ExportChat(Session& session, const v1::TopicSub& sub,
                                        const std::string& self, NewFile& file) {
  MOLVA_RETURN_IF_ERROR(WriteLine(file, JsonObject()
                                            .Text("kind", "chat")
                                            .Text("topic", sub.topic())
                                            .Text("want", sub.acs().want())
                                            .Text("given", sub.acs().given())
                                            .Raw("public", sub.public_())
                                            .Raw("private", sub.private_())
                                            .Number("read", sub.read_id())
                                            .Number("seq", sub.seq_id())));
  if (!Grants(sub.acs(), 'J') || !Grants(sub.acs(), 'R')) return 0;
  NameBook names(self);
  MOLVA_RETURN_IF_ERROR(AttachAndLearn(session, sub.topic(), names));
  MOLVA_ASSIGN_OR_RETURN(
      const std::int64_t count,
      ExportMessages(session, sub.topic(), names, JsonObject().Text("kind", "message"), file));
  MOLVA_RETURN_IF_ERROR(session.Detach(sub.topic()));
  return count;
}

absl::Status Export(Context& context, LoggedIn& mine) {
  MOLVA_ASSIGN_OR_RETURN(NewFile file, NewFile::Open(context.arguments.Get("to")));
  MOLVA_RETURN_IF_ERROR(ExportCard(mine, file));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> chats, Contacts(mine.session));
  std::int64_t messages = 0;
  for (const v1::TopicSub& sub : chats) {
    MOLVA_ASSIGN_OR_RETURN(const std::int64_t count,
                           ExportChat(mine.session, sub, mine.profile.user, file));
    messages += count;
  }
  // Without this line an export is not whole.
  MOLVA_RETURN_IF_ERROR(
      WriteLine(file, JsonObject()
                          .Text("kind", "end")
                          .Number("chats", static_cast<std::int64_t>(chats.size()))
                          .Number("messages", messages)));
  MOLVA_RETURN_IF_ERROR(file.Close());
  if (file.path().empty()) return absl::OkStatus();
  context.printer.Line(
      fmt::format("{} chats and {} messages are in {}.", chats.size(), messages, file.path()));
  context.printer.Object(JsonObject()
                             .Text("file", file.path())
                             .Number("chats", static_cast<std::int64_t>(chats.size()))
                             .Number("messages", messages));
  return absl::OkStatus();
}

absl::Status ChangeSecondFactor(Context& context) {
  const std::string& state = context.words()[1];
  if (state != "on" && state != "off") {
    return absl::InvalidArgumentError("write: molva account totp on, or totp off");
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Require("totp", "logins with an authenticator"));
  if (state == "off") return EndSecondFactor(context, mine.session);
  return BeginSecondFactor(context, mine.session, mine.profile.login, std::nullopt);
}

}  // namespace

absl::Status RunAccount(Context& context) {
  const std::string& verb = context.words()[0];
  const bool has_second_word = context.words().size() > 1;
  const bool is_known = verb == "password" || verb == "export" || verb == "delete";
  if ((!is_known && verb != "totp") || has_second_word != (verb == "totp")) {
    return absl::InvalidArgumentError(
        "write: molva account password, totp on, totp off, export or delete");
  }
  if (verb == "totp") return ChangeSecondFactor(context);
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  if (verb == "password") return ChangePassword(context, mine);
  if (verb == "export") return Export(context, mine);
  return Delete(context, mine);
}

}  // namespace molva::cli
