// molva profile: what a person or a group shows of itself.
#include <absl/strings/ascii.h>
#include <absl/strings/str_split.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "clients/cli/access.h"
#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr char kNothing[] = "\u2421";  // clears a value. Source: docs/protocol messages §1

// What the photo on a card is, without its bytes.
JsonObject PhotoObject(const std::string& card) {
  JsonObject photo;
  photo.OptionalText("type", FindText(card, "/photo/type").value_or(""));
  photo.OptionalText("url", FindText(card, "/photo/ref").value_or(""));
  return photo;
}

void ShowText(const Context& context, const v1::TopicDesc& desc, const std::string& topic,
              const v1::ServerMeta& tags) {
  const Printer& printer = context.printer;
  const std::string& card = desc.public_();
  printer.Line(fmt::format("{}  {}", topic, Harmless(NameOnCard(card, topic))));
  const auto row = [&printer](std::string_view label, std::string_view value) {
    if (!value.empty()) printer.Line(fmt::format("  {:9}{}", label, Harmless(value)));
  };
  row("note", FindText(card, "/note").value_or(""));
  row("comment", FindText(desc.private_(), "/comment").value_or(""));
  if (FindValue(card, "/photo").has_value()) row("photo", "yes; see: molva avatar get");
  if (desc.subscriber_count() > 0) row("members", std::to_string(desc.subscriber_count()));
  row("role", topic == "me" ? "" : RoleOf(desc.acs()));
  std::string list;
  for (const std::string& tag : tags.tags()) list += (list.empty() ? "" : ", ") + tag;
  row("tags", list);
}

void ShowJson(const Context& context, const v1::TopicDesc& desc, const std::string& topic,
              const v1::ServerMeta& tags) {
  const std::string& card = desc.public_();
  std::vector<std::string> list;
  for (const std::string& tag : tags.tags()) list.push_back(JsonText(tag));
  JsonObject object;
  object.Text("topic", topic)
      .Text("name", NameOnCard(card, ""))
      .OptionalText("note", FindText(card, "/note").value_or(""))
      .OptionalText("comment", FindText(desc.private_(), "/comment").value_or(""));
  if (FindValue(card, "/photo").has_value()) object.Raw("photo", PhotoObject(card).Line());
  if (desc.subscriber_count() > 0) object.Number("members", desc.subscriber_count());
  if (topic != "me") object.OptionalText("role", RoleOf(desc.acs()));
  if (!list.empty()) object.Raw("tags", JsonArray(list));
  context.printer.Object(object.Time("created", desc.created_at()));
}

absl::Status Show(const Context& context, Session& session, const std::string& topic) {
  v1::ServerMeta tags;
  if (topic == "me") {
    MOLVA_RETURN_IF_ERROR(session.Attach(topic).status());
    MOLVA_ASSIGN_OR_RETURN(const auto own, session.Fetch(topic, "tags"));
    if (own.has_value()) tags = *own;
  }
  MOLVA_ASSIGN_OR_RETURN(const auto meta, session.Fetch(topic, "desc"));
  if (!meta.has_value()) return absl::NotFoundError(fmt::format("{} tells nothing", topic));
  if (context.printer.is_json()) {
    ShowJson(context, meta->desc(), topic, tags);
  } else {
    ShowText(context, meta->desc(), topic, tags);
  }
  return absl::OkStatus();
}

// A member of a card; an empty value takes it off.
std::string CardValue(const std::string& value) {
  return JsonText(value.empty() ? std::string(kNothing) : value);
}

// What the server puts on accounts itself must be sent along unchanged (docs/protocol behaviour
// §12).
bool IsFixed(std::string_view tag) {
  constexpr std::array<std::string_view, 3> kFixed = {"basic:", "email:", "tel:"};
  return std::any_of(kFixed.begin(), kFixed.end(),
                     [tag](std::string_view prefix) { return tag.starts_with(prefix); });
}

// Replaces the tags that are the owner's to choose; the topic is attached.
absl::Status ChangeTags(Session& session, const std::string& topic, const std::string& list) {
  v1::ClientMsg message;
  message.mutable_set()->set_topic(topic);
  v1::SetQuery& query = *message.mutable_set()->mutable_query();
  for (const auto tag : absl::StrSplit(list, ',', absl::SkipWhitespace())) {
    query.add_tags(std::string(absl::StripAsciiWhitespace(tag)));
  }
  MOLVA_ASSIGN_OR_RETURN(const auto meta, session.Fetch(topic, "tags"));
  if (meta.has_value()) {
    for (const std::string& tag : meta->tags()) {
      if (IsFixed(tag)) query.add_tags(tag);
    }
  }
  if (query.tags().empty()) query.add_tags(kNothing);
  return session.Call(std::move(message)).status();
}

absl::Status Change(const Context& context, Session& session, const std::string& topic) {
  const Arguments& arguments = context.arguments;
  v1::ClientMsg message;
  message.mutable_set()->set_topic(topic);
  v1::SetQuery& query = *message.mutable_set()->mutable_query();
  JsonObject card;
  if (arguments.Has("name")) card.Text("fn", arguments.Get("name"));
  if (arguments.Has("note")) card.Raw("note", CardValue(arguments.Get("note")));
  if (arguments.Has("name") || arguments.Has("note"))
    query.mutable_desc()->set_public_(card.Line());
  if (arguments.Has("comment")) {
    query.mutable_desc()->set_private_(
        JsonObject().Raw("comment", CardValue(arguments.Get("comment"))).Line());
  }
  MOLVA_RETURN_IF_ERROR(Enter(session, topic).status());
  if (query.has_desc()) MOLVA_RETURN_IF_ERROR(session.Call(std::move(message)).status());
  if (!arguments.Has("tags")) return absl::OkStatus();
  // Parts of one request are answered one by one; so the tags go alone.
  return ChangeTags(session, topic, arguments.Get("tags"));
}

}  // namespace

absl::Status RunProfile(Context& context) {
  if (context.arguments.Has("name") && context.arguments.Get("name").empty()) {
    return absl::InvalidArgumentError("a name cannot be empty");
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  std::string topic = "me";
  if (!context.words().empty() && context.words()[0] != mine.profile.login) {
    MOLVA_ASSIGN_OR_RETURN(topic, ResolveWho(mine.session, context.words()[0]));
    if (topic == mine.profile.user) topic = "me";
  }
  for (const char* option : {"name", "note", "comment", "tags"}) {
    if (!context.arguments.Has(option)) continue;
    MOLVA_RETURN_IF_ERROR(Change(context, mine.session, topic));
    break;
  }
  return Show(context, mine.session, topic);
}

}  // namespace molva::cli
