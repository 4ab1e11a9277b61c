// molva send: one message.
#include <fmt/core.h>

#include <iostream>
#include <iterator>

#include "clients/cli/commands.h"
#include "clients/cli/duration_text.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

// The words of the command line, or all of standard input without its last line break.
absl::StatusOr<std::string> TextOf(const Context& context) {
  std::string text = JoinWords(context.words(), 1);
  if (context.words().size() == 1) {
    text.assign(std::istreambuf_iterator<char>(std::cin), {});
    if (!text.empty() && text.back() == '\n') text.pop_back();
  }
  if (text.empty()) return absl::InvalidArgumentError("there is nothing to send");
  return text;
}

// What the options say about the message.
absl::StatusOr<Draft> DraftOf(const Context& context) {
  const Arguments& arguments = context.arguments;
  Draft draft;
  if (arguments.Has("reply")) {
    MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(arguments.Get("reply")));
    draft.head["reply"] = JsonText(fmt::format(":{}", seq));
  }
  if (arguments.Has("ttl")) {
    MOLVA_ASSIGN_OR_RETURN(const std::int64_t seconds, ParseSeconds(arguments.Get("ttl"), kStay));
    draft.head["x-molva-ttl"] = std::to_string(seconds);
  }
  if (arguments.Has("once")) draft.head["x-molva-once"] = "true";
  if (arguments.Has("uid")) draft.head["x-molva-uid"] = JsonText(arguments.Get("uid"));
  return draft;
}

}  // namespace

absl::Status RunSend(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(Draft draft, DraftOf(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string text, TextOf(context));
  draft.content = JsonText(text);
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  const Session& session = mine.session;
  if (context.arguments.Has("ttl")) {
    MOLVA_RETURN_IF_ERROR(session.Require("ttl", "messages for a time"));
  }
  if (context.arguments.Has("once")) {
    MOLVA_RETURN_IF_ERROR(session.Require("once", "deletion on delivery"));
  }
  if (context.arguments.Has("uid")) {
    MOLVA_RETURN_IF_ERROR(session.Require("uid", "recognition of repeated messages"));
  }
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  MOLVA_ASSIGN_OR_RETURN(const auto ctrl, PublishSurely(context, mine, topic, std::move(draft)));
  ReportPublished(context, topic, ctrl);
  return absl::OkStatus();
}

}  // namespace molva::cli
