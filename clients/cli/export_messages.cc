#include "clients/cli/export_messages.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "clients/cli/printer.h"
#include "clients/cli/progress.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

// As many as the server gives at once. Source: docs/protocol behaviour §8.5.
constexpr std::int32_t kPage = 100;

}  // namespace

absl::Status WriteLine(NewFile& file, const JsonObject& object) {
  return file.Write(object.Line() + "\n");
}

absl::StatusOr<std::int64_t> ExportMessages(Session& session, const std::string& topic,
                                            const NameBook& names, const JsonObject& begin,
                                            NewFile& file) {
  MOLVA_ASSIGN_OR_RETURN(const auto meta, session.Fetch(topic, "desc"));
  const std::int32_t last = meta.has_value() ? meta->desc().seq_id() : 0;
  Progress progress(fmt::format("messages of {}", topic), last, Progress::Unit::kCount);
  std::int64_t count = 0;
  for (std::int32_t since = 1; since <= last; since += kPage) {
    molva::v1::GetOpts options;
    options.set_since_id(since);
    options.set_before_id(since + kPage);
    options.set_limit(kPage);
    MOLVA_ASSIGN_OR_RETURN(const auto messages, session.FetchData(topic, options));
    for (const molva::v1::ServerData& message : messages) {
      JsonObject line = begin;
      line.Append(MessageObject(message, names.NameOf(message.from_user_id())));
      MOLVA_RETURN_IF_ERROR(WriteLine(file, line));
    }
    count += static_cast<std::int64_t>(messages.size());
    progress.Show(std::min(since + kPage - 1, last));
  }
  return count;
}

}  // namespace molva::cli
