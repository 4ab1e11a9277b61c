// molva who: which contacts are online.
#include <absl/time/time.h>
#include <fmt/core.h>

#include <algorithm>

#include "clients/cli/commands.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

std::string Presence(const Printer& printer, const molva::v1::TopicSub& sub) {
  if (sub.online()) return printer.Paint(Colour::kGreen, "online");
  if (sub.last_seen_time() == 0) return printer.Paint(Colour::kDim, "offline");
  return printer.Paint(Colour::kDim, absl::FormatTime("last seen %Y-%m-%d %H:%M",
                                                      absl::FromUnixMillis(sub.last_seen_time()),
                                                      absl::LocalTimeZone()));
}

}  // namespace

absl::Status RunWho(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_RETURN_IF_ERROR(mine.session.Attach("me").status());
  MOLVA_ASSIGN_OR_RETURN(auto meta, mine.session.Fetch("me", "sub"));
  if (!meta.has_value()) return absl::OkStatus();
  std::stable_sort(
      meta->mutable_sub()->begin(), meta->mutable_sub()->end(),
      [](const auto& one, const auto& other) { return one.online() && !other.online(); });
  for (const auto& sub : meta->sub()) {
    if (!sub.topic().starts_with("usr")) continue;
    const std::string name = NameOnCard(sub.public_(), sub.topic());
    context.printer.Line(
        fmt::format("{}  {}  {}", sub.topic(), Harmless(name), Presence(context.printer, sub)));
    context.printer.Object(JsonObject()
                               .Text("user", sub.topic())
                               .Text("name", name)
                               .Flag("online", sub.online())
                               .Time("seen", sub.last_seen_time()));
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
