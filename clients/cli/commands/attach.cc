// molva attach, download: files in messages.
#include <absl/strings/escaping.h>
#include <fmt/core.h>

#include <utility>

#include "clients/cli/attachments.h"
#include "clients/cli/commands.h"
#include "clients/cli/new_file.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"
#include "clients/cli/transfer.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

std::string_view LastPart(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

// Where a file of a message goes: as the user says, or under its own name here.
std::string PlaceOf(const Context& context, const Attachment& file, std::int32_t seq) {
  const std::string to = context.arguments.Get("to");
  const std::string name = SafeFileName(file.name, fmt::format("message-{}", seq));
  if (to == "-") return "";
  if (to.ends_with('/')) return to + name;
  return to.empty() ? name : to;
}

// Gets one file; how many bytes it has.
absl::StatusOr<std::int64_t> Get(const Context& context, const Profile& profile,
                                 const Attachment& file, NewFile& out) {
  if (!file.url.empty()) return DownloadTo(context, profile, file.url, file.bytes, out);
  std::string bytes;
  if (!absl::Base64Unescape(file.data, &bytes)) {
    return absl::FailedPreconditionError("the file in the message is damaged");
  }
  MOLVA_RETURN_IF_ERROR(out.Write(bytes));
  return static_cast<std::int64_t>(bytes.size());
}

}  // namespace

absl::Status RunAttach(Context& context) {
  const std::string& path = context.words()[1];
  MOLVA_ASSIGN_OR_RETURN(const LocalFile local, FindLocalFile(path, context.arguments.Get("mime")));
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach(topic).status());
  MOLVA_ASSIGN_OR_RETURN(const std::string url, UploadFrom(context, mine, local));
  const Attachment file{std::string(LastPart(path)), local.mime, local.bytes, url, ""};
  Draft draft;
  draft.content = ContentWithFile(JoinWords(context.words(), 2), file);
  draft.head["mime"] = JsonText("text/x-drafty");
  draft.attachments.push_back(url);
  MOLVA_ASSIGN_OR_RETURN(const auto ctrl, PublishSurely(context, mine, topic, std::move(draft)));
  ReportPublished(
      context, topic, ctrl,
      JsonObject().Text("url", url).Text("mime", file.mime).Number("bytes", file.bytes));
  return absl::OkStatus();
}

absl::Status RunDownload(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[1]));
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerData message, FetchMessage(mine.session, topic, seq));
  const std::vector<Attachment> files = FindAttachments(message.content());
  if (files.empty()) return absl::NotFoundError(fmt::format("message {} has no file", seq));
  for (const Attachment& file : files) {
    MOLVA_ASSIGN_OR_RETURN(NewFile out, NewFile::Open(PlaceOf(context, file, seq)));
    MOLVA_ASSIGN_OR_RETURN(const std::int64_t bytes, Get(context, mine.profile, file, out));
    MOLVA_RETURN_IF_ERROR(out.Close());
    if (out.path().empty()) continue;
    context.printer.Line(fmt::format("{}, {}", Harmless(out.path()), SizeText(bytes)));
    context.printer.Object(JsonObject()
                               .Text("topic", topic)
                               .Number("seq", seq)
                               .Text("file", out.path())
                               .Text("mime", file.mime)
                               .Number("bytes", bytes));
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
