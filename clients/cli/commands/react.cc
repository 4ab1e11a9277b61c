// molva react, unreact, reactions: signs on messages.
#include <fmt/core.h>

#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/reactions.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

absl::Status Change(Context& context, v1::InfoNote what) {
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[1]));
  const std::string& sign = context.words()[2];
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Require("react", "signs on messages"));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  v1::GetOpts options;
  options.add_ranges()->set_low(seq);
  MOLVA_ASSIGN_OR_RETURN(const auto there, FetchReactions(mine.session, topic, options));
  const bool set = std::any_of(there.begin(), there.end(), [&](const Reaction& one) {
    return one.mine && one.seq == seq && one.sign == sign;
  });
  const bool wanted = what == v1::INFO_NOTE_REACT;
  if (set != wanted) {
    v1::ClientNote note;
    note.set_what(what);
    note.set_seq_id(seq);
    note.set_payload(JsonText(sign));
    MOLVA_RETURN_IF_ERROR(ChangeReaction(mine.session, mine.profile.user, topic, note));
  }
  context.printer.Object(JsonObject()
                             .Text("topic", topic)
                             .Number("seq", seq)
                             .Text("sign", sign)
                             .Flag("set", wanted)
                             .Flag("changed", set != wanted));
  return absl::OkStatus();
}

}  // namespace

absl::Status RunReact(Context& context) { return Change(context, v1::INFO_NOTE_REACT); }
absl::Status RunUnreact(Context& context) { return Change(context, v1::INFO_NOTE_UNREACT); }

absl::Status RunReactions(Context& context) {
  v1::GetOpts options;
  MOLVA_ASSIGN_OR_RETURN(const std::int32_t limit,
                         context.arguments.GetNumber("limit", kUsualLimit));
  options.set_limit(limit);
  for (std::size_t i = 1; i < context.words().size(); ++i) {
    MOLVA_ASSIGN_OR_RETURN(const std::int32_t seq, SeqOf(context.words()[i]));
    options.add_ranges()->set_low(seq);
  }
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Require("react", "signs on messages"));
  MOLVA_ASSIGN_OR_RETURN(const std::string topic, ResolveWho(mine.session, context.words()[0]));
  MOLVA_RETURN_IF_ERROR(Enter(mine.session, topic).status());
  NameBook names(mine.profile.user);
  MOLVA_RETURN_IF_ERROR(LearnNames(mine.session, topic, names));
  MOLVA_ASSIGN_OR_RETURN(const auto reactions, FetchReactions(mine.session, topic, options));
  for (const Reaction& one : reactions) {
    std::string people;
    std::vector<std::string> ids;
    for (const std::string& user : one.users) {
      people += (people.empty() ? "" : ", ") + names.NameOf(user);
      ids.push_back(JsonText(user));
    }
    context.printer.Line(
        fmt::format("{}  {} {}  {}", one.seq, Harmless(one.sign), one.count, Harmless(people)));
    context.printer.Object(JsonObject()
                               .Text("topic", topic)
                               .Number("seq", one.seq)
                               .Text("sign", one.sign)
                               .Number("count", one.count)
                               .Flag("mine", one.mine)
                               .Raw("users", JsonArray(ids)));
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
