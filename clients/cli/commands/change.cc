// molva edit and delete: what becomes of messages that were sent.
#include <fmt/core.h>

#include <charconv>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

absl::StatusOr<std::int32_t> SeqOf(const std::string& word) {
  std::int32_t seq = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seq);
  if (error != std::errc() || end != word.data() + word.size() || seq < 1) {
    return absl::InvalidArgumentError(fmt::format("{} is no number of a message", word));
  }
  return seq;
}

}  // namespace

absl::Status RunEdit(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[1]));
  std::string text;
  for (std::size_t i = 2; i < context.words().size(); ++i) {
    text += (i > 2 ? " " : "") + context.words()[i];
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  v1::ClientMsg message;
  message.mutable_pub()->set_topic(topic);
  message.mutable_pub()->set_no_echo(true);
  message.mutable_pub()->set_content(JsonText(text));
  (*message.mutable_pub()->mutable_head())["replace"] = JsonText(fmt::format(":{}", seq));
  MOLVA_ASSIGN_OR_RETURN(const auto ctrl, mine.session.Call(std::move(message)));
  ReportPublished(context, topic, ctrl);
  return absl::OkStatus();
}

absl::Status RunDelete(Context& context) {
  v1::ClientMsg message;
  for (std::size_t i = 1; i < context.words().size(); ++i) {
    MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[i]));
    message.mutable_del()->add_del_seq()->set_low(seq);
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  message.mutable_del()->set_topic(topic);
  message.mutable_del()->set_what(v1::ClientDel::WHAT_MSG);
  message.mutable_del()->set_hard(!context.arguments.Has("for-me"));
  MOLVA_RETURN_IF_ERROR(mine.session.Call(std::move(message)).status());
  context.printer.Line("Deleted.");
  context.printer.Object(JsonObject().Text("topic", topic));
  return absl::OkStatus();
}

}  // namespace molva::cli
