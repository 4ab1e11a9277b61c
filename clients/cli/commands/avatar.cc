// molva avatar: the picture of a person or a group.
#include <absl/strings/escaping.h>
#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "clients/cli/attachments.h"
#include "clients/cli/commands.h"
#include "clients/cli/new_file.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"
#include "clients/cli/transfer.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

// A picture that is no longer than this goes into the card itself, as stock clients do it.
constexpr std::int64_t kMaxInlineBytes = 4096;
constexpr char kNothing[] = "\u2421";  // clears a value. Source: docs/protocol messages §1
constexpr std::string_view kImage = "image/";

// Whom the word at `at` names; oneself without one.
absl::StatusOr<std::string> WhoseIs(const Context& context, LoggedIn& mine, std::size_t at) {
  if (context.words().size() <= at) return "me";
  MOLVA_ASSIGN_OR_RETURN(std::string topic, ResolveWho(mine.session, context.words()[at]));
  return topic == mine.profile.user ? "me" : std::move(topic);
}

absl::Status StorePhoto(Session& session, const std::string& topic, const std::string& photo,
                        const std::string& url) {
  MOLVA_RETURN_IF_ERROR(Enter(session, topic).status());
  v1::ClientMsg message;
  message.mutable_set()->set_topic(topic);
  message.mutable_set()->mutable_query()->mutable_desc()->set_public_(
      JsonObject().Raw("photo", photo).Line());
  if (!url.empty()) message.mutable_extra()->add_attachments(url);
  return session.Call(std::move(message)).status();
}

absl::Status Set(Context& context, LoggedIn& mine) {
  MOLVA_ASSIGN_OR_RETURN(const LocalFile file,
                         FindLocalFile(context.words()[1], context.arguments.Get("mime")));
  if (!file.mime.starts_with(kImage)) {
    return absl::InvalidArgumentError(
        fmt::format("{} is no picture; --mime image/png says so if it is one", file.path));
  }
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, WhoseIs(context, mine, 2));
  JsonObject photo;
  photo.Text("type", file.mime.substr(kImage.size()));
  std::string url;
  if (file.bytes <= kMaxInlineBytes) {
    std::ifstream in(file.path, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    photo.Text("data", absl::Base64Escape(bytes)).Text("ref", kNothing);
  } else {
    MOLVA_ASSIGN_OR_RETURN(url, UploadFrom(context, mine, file));
    photo.Text("data", kNothing).Text("ref", url).Number("size", file.bytes);
  }
  MOLVA_RETURN_IF_ERROR(StorePhoto(mine.session, topic, photo.Line(), url));
  context.printer.Object(JsonObject()
                             .Text("topic", topic)
                             .Text("mime", file.mime)
                             .Number("bytes", file.bytes)
                             .OptionalText("url", url));
  return absl::OkStatus();
}

absl::Status Remove(Context& context, LoggedIn& mine) {
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, WhoseIs(context, mine, 1));
  MOLVA_RETURN_IF_ERROR(StorePhoto(mine.session, topic, JsonText(kNothing), ""));
  context.printer.Object(JsonObject().Text("topic", topic));
  return absl::OkStatus();
}

absl::Status Get(Context& context, LoggedIn& mine) {
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, WhoseIs(context, mine, 2));
  MOLVA_ASSIGN_OR_RETURN(const auto meta, mine.session.Fetch(topic, "desc"));
  const std::string card = meta.has_value() ? meta->desc().public_() : "";
  const std::string url = FindText(card, "/photo/ref").value_or("");
  const std::string data = FindText(card, "/photo/data").value_or("");
  if (url.empty() && data.empty()) return absl::NotFoundError("there is no picture");
  MOLVA_ASSIGN_OR_RETURN(NewFile out, NewFile::Open(context.words()[1]));
  std::int64_t size = 0;
  if (!url.empty()) {
    const std::int64_t expected = FindNumber(card, "/photo/size").value_or(0);
    MOLVA_ASSIGN_OR_RETURN(size, DownloadTo(context, mine.profile, url, expected, out));
  } else {
    std::string bytes;
    if (!absl::Base64Unescape(data, &bytes)) {
      return absl::FailedPreconditionError("the picture is damaged");
    }
    MOLVA_RETURN_IF_ERROR(out.Write(bytes));
    size = static_cast<std::int64_t>(bytes.size());
  }
  MOLVA_RETURN_IF_ERROR(out.Close());
  const std::string type = FindText(card, "/photo/type").value_or("");
  context.printer.Line(fmt::format("{}, {}", out.path(), SizeText(size)));
  context.printer.Object(JsonObject()
                             .Text("topic", topic)
                             .Text("file", out.path())
                             .OptionalText("mime", type.empty() ? "" : "image/" + type)
                             .Number("bytes", size));
  return absl::OkStatus();
}

}  // namespace

absl::Status RunAvatar(Context& context) {
  const std::string& verb = context.words()[0];
  const std::size_t words = context.words().size();
  const bool makes_sense = verb == "remove"                 ? words <= 2
                           : verb == "get" || verb == "set" ? words >= 2
                                                            : false;
  if (!makes_sense) {
    return absl::InvalidArgumentError(
        "write: molva avatar set FILE [GROUP], get FILE [WHO], or remove [GROUP]");
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  if (verb == "set") return Set(context, mine);
  if (verb == "get") return Get(context, mine);
  return Remove(context, mine);
}

}  // namespace molva::cli
