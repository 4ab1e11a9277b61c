// molva search: messages by their words.
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

enum class Scope : bool { kOneChat, kAllChats };

// What was found: the text around it, in parts that do not match and do, in turn.
void Print(const Printer& printer, const v1::ServerInfo& found, const NameBook& names,
           Scope scope) {
  const std::string& payload = found.payload();
  const std::vector<std::string> parts = FindTexts(payload, "/text");
  std::string text;
  std::string painted;
  std::vector<std::string> quoted;
  bool matches = false;
  for (const std::string& part : parts) {
    text += part;
    painted += matches ? printer.Paint(Colour::kYellow, Harmless(part)) : Harmless(part);
    quoted.push_back(JsonText(part));
    matches = !matches;
  }
  const std::string name = names.NameOf(found.from_user_id());
  const std::string& topic = scope == Scope::kAllChats ? found.src() : found.topic();
  const std::string where =
      scope == Scope::kAllChats ? Harmless(names.NameOf(topic)) + "  " : std::string();
  printer.Line(fmt::format("{}{:>5}  {}: {}", where, found.seq_id(),
                           printer.Paint(Colour::kCyan, Harmless(name)), painted));
  JsonObject object;
  object.Text("topic", topic)
      .Number("seq", found.seq_id())
      .OptionalText("from", found.from_user_id())
      .Text("name", name)
      .Text("ts", FindText(payload, "/ts").value_or(""));
  if (const auto original = FindNumber(payload, "/replace")) object.Number("replaces", *original);
  printer.Object(object.Text("text", text).Raw("parts", JsonArray(quoted)));
}

// Prints what `query` finds on the attached `topic`; the ctrl behind it.
absl::StatusOr<v1::ServerCtrl> AskAndPrint(Context& context, Session& session,
                                           const std::string& topic, const v1::GetQuery& query,
                                           const NameBook& names) {
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::ServerMsg> answer,
                         session.Ask(topic, query, [&topic](const v1::ServerMsg& packet) {
                           return packet.has_info() && packet.info().topic() == topic &&
                                  packet.info().what() == v1::INFO_NOTE_SEARCH;
                         }));
  const Scope scope = topic == "me" ? Scope::kAllChats : Scope::kOneChat;
  for (const v1::ServerMsg& packet : answer) {
    if (packet.has_info()) Print(context.printer, packet.info(), names, scope);
  }
  return answer.back().ctrl();
}

void TellOfRest(const v1::ServerCtrl& end) {
  if (!end.params().contains("partial")) return;
  std::fputs("molva: older messages are still being indexed; search again later\n", stderr);
}

std::int32_t CountIn(const v1::ServerCtrl& end) {
  const auto count = end.params().find("count");
  return count == end.params().end() ? 0 : std::atoi(count->second.c_str());
}

// A page of the server after the other.
absl::Status SearchAll(Context& context, LoggedIn& mine, v1::GetQuery query) {
  MOLVA_RETURN_IF_ERROR(mine.session.Attach("me").status());
  NameBook names(mine.profile.user);
  MOLVA_ASSIGN_OR_RETURN(const auto contacts, mine.session.Fetch("me", "sub"));
  if (contacts.has_value()) names.Learn(*contacts);
  std::int32_t left = query.search().limit();
  while (true) {
    MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl end,
                           AskAndPrint(context, mine.session, "me", query, names));
    const bool is_first = query.search().page().empty();
    if (is_first && CountIn(end) == 0) context.printer.Line("No message has these words.");
    left -= CountIn(end);
    const auto page = end.params().find("page");
    if (left > 0 && page != end.params().end()) {
      query.mutable_search()->set_page(FindText(page->second, "").value_or(""));
      query.mutable_search()->set_limit(left);
      continue;
    }
    TellOfRest(end);
    return absl::OkStatus();
  }
}

absl::Status SearchOne(Context& context, LoggedIn& mine, const v1::GetQuery& query) {
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  NameBook names(mine.profile.user);
  MOLVA_RETURN_IF_ERROR(LearnNames(mine.session, topic, names));
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl end,
                         AskAndPrint(context, mine.session, topic, query, names));
  TellOfRest(end);
  if (CountIn(end) == 0) context.printer.Line("No message has these words.");
  return absl::OkStatus();
}

}  // namespace

absl::Status RunSearch(Context& context) {
  const Scope scope = context.arguments.Has("all") ? Scope::kAllChats : Scope::kOneChat;
  if (scope == Scope::kOneChat && context.words().size() < 2) {
    return absl::InvalidArgumentError("name a chat and words, or say --all: molva search --help");
  }
  if (scope == Scope::kAllChats && context.arguments.Has("before")) {
    return absl::InvalidArgumentError("--before is for one chat");
  }
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t limit,
                         context.arguments.GetNumber("limit", kUsualLimit));
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t before, context.arguments.GetNumber("before", 0));
  v1::GetQuery query;
  query.set_what("search");
  v1::SearchOpts& search = *query.mutable_search();
  search.set_query(JoinWords(context.words(), scope == Scope::kAllChats ? 0 : 1));
  search.set_limit(limit);
  search.set_before_id(before);
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Require("search", "search for messages"));
  return scope == Scope::kAllChats ? SearchAll(context, mine, std::move(query))
                                   : SearchOne(context, mine, query);
}

}  // namespace molva::cli
