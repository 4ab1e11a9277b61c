// molva save: messages that the user keeps among his own notes.
#include <fmt/core.h>

#include "clients/cli/attachments.h"
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

constexpr char kNotes[] = "slf";

Draft CopyOf(const molva::v1::ServerData& message) {
  Draft copy;
  copy.content = message.content();
  if (const auto mime = message.head().find("mime"); mime != message.head().end()) {
    copy.head["mime"] = mime->second;
  }
  copy.head["forwarded"] = JsonText(fmt::format("{}:{}", message.topic(), message.seq_id()));
  for (const Attachment& file : FindAttachments(message.content())) {
    if (!file.url.empty()) copy.attachments.push_back(file.url);
  }
  return copy;
}

}  // namespace

absl::Status RunSave(Context& context) {
  std::vector<std::int32_t> seqs;
  for (std::size_t i = 1; i < context.words().size(); ++i) {
    MOLVA_ASSIGN_OR_RETURN(seqs.emplace_back(), SeqOf(context.words()[i]));
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  std::vector<Draft> copies;
  for (const std::int32_t seq : seqs) {
    MOLVA_ASSIGN_OR_RETURN(const auto message, FetchMessage(mine.session, topic, seq));
    copies.push_back(CopyOf(message));
  }
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(kNotes).status());
  for (Draft& copy : copies) {
    JsonObject more;
    more.Raw("forwarded", copy.head["forwarded"]);
    MOLVA_ASSIGN_OR_RETURN(const auto ctrl, PublishSurely(context, mine, kNotes, std::move(copy)));
    ReportPublished(context, kNotes, ctrl, more);
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
