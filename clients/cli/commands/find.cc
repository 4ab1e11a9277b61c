// molva find: people and groups by their tags.
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/people.h"
#include "clients/cli/publishing.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

absl::Status RunFind(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(const std::vector<molva::v1::TopicSub> found,
                         FindByTags(mine.session, JoinWords(context.words(), 0)));
  if (found.empty()) context.printer.Line("Nobody and nothing has these tags.");
  for (const molva::v1::TopicSub& sub : found) {
    const std::string& topic = sub.topic().empty() ? sub.user_id() : sub.topic();
    const std::string name = NameOnCard(sub.public_(), topic);
    std::string tags;
    for (const std::string& tag : FindTexts(sub.private_(), "")) tags += "  " + tag;
    context.printer.Line(fmt::format("{}  {}{}", topic, Harmless(name), Harmless(tags)));
    JsonObject object;
    object.Text("topic", topic).Text("name", name).Raw("tags", sub.private_());
    if (sub.subscriber_count() > 0) object.Number("members", sub.subscriber_count());
    context.printer.Object(object);
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
