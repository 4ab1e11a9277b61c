// molva send: one message.
#include <fmt/core.h>

#include <iostream>
#include <iterator>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

// The words of the command line, or all of standard input without its last line break.
absl::StatusOr<std::string> TextOf(const Context& context) {
  std::string text;
  for (std::size_t i = 1; i < context.words().size(); ++i) {
    text += (i > 1 ? " " : "") + context.words()[i];
  }
  if (context.words().size() == 1) {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
    if (!text.empty() && text.back() == '\n') text.pop_back();
  }
  if (text.empty()) return absl::InvalidArgumentError("there is nothing to send");
  return text;
}

}  // namespace

absl::Status RunSend(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::string text, TextOf(context));
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  molva::v1::ClientMsg message;
  message.mutable_pub()->set_topic(topic);
  message.mutable_pub()->set_no_echo(true);
  message.mutable_pub()->set_content(JsonText(text));
  MOLVA_ASSIGN_OR_RETURN(const auto ctrl, mine.session.Call(std::move(message)));
  ReportPublished(context, topic, ctrl);
  return absl::OkStatus();
}

}  // namespace molva::cli
