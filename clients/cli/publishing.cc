#include "clients/cli/publishing.h"

#include <absl/strings/escaping.h>
#include <absl/time/clock.h>
#include <fmt/core.h>
#include <openssl/rand.h>

#include <array>
#include <charconv>
#include <utility>

#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr int kTries = 3;
constexpr absl::Duration kPause = absl::Seconds(1);  // before the second try, then twice as long
constexpr char kUidKey[] = "x-molva-uid";

std::string RandomUid() {
  std::array<unsigned char, 12> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  return absl::WebSafeBase64Escape(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

// Whether the answer may have been lost on its way.
bool MayBeRepeated(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

absl::StatusOr<v1::ServerCtrl> Publish(Session& session, const std::string& topic,
                                       const Draft& draft) {
  v1::ClientMsg message;
  message.mutable_pub()->set_topic(topic);
  message.mutable_pub()->set_no_echo(true);
  message.mutable_pub()->set_content(draft.content);
  for (const auto& [key, value] : draft.head) (*message.mutable_pub()->mutable_head())[key] = value;
  for (const std::string& url : draft.attachments) message.mutable_extra()->add_attachments(url);
  return session.Call(std::move(message));
}

absl::StatusOr<v1::ServerCtrl> PublishSurely(const Context& context, LoggedIn& mine,
                                             const std::string& topic, Draft draft) {
  if (!mine.session.Can("uid")) return Publish(mine.session, topic, draft);
  draft.head.try_emplace(kUidKey, JsonText(RandomUid()));
  absl::StatusOr<v1::ServerCtrl> ctrl = Publish(mine.session, topic, draft);
  absl::Duration pause = kPause;
  for (int i = 1; i < kTries && MayBeRepeated(ctrl.status()); ++i, pause *= 2) {
    absl::SleepFor(pause);
    absl::StatusOr<LoggedIn> again = OpenLoggedIn(context);
    if (!again.ok()) continue;
    if (!again->session.Attach(topic).ok()) continue;
    mine = *std::move(again);
    ctrl = Publish(mine.session, topic, draft);
  }
  return ctrl;
}

void ReportPublished(const Context& context, const std::string& topic, const v1::ServerCtrl& ctrl,
                     JsonObject more) {
  JsonObject object;
  object.Text("topic", topic);
  if (const auto seq = ctrl.params().find("seq"); seq != ctrl.params().end()) {
    object.Raw("seq", seq->second);
  }
  if (const auto queued = ctrl.params().find("queued"); queued != ctrl.params().end()) {
    object.Raw("queued", queued->second);
    context.printer.Line("The other server cannot be reached now; the message waits for it.");
  }
  context.printer.Object(object.Append(more));
}

absl::StatusOr<std::int32_t> SeqOf(const std::string& word) {
  std::int32_t seq = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), seq);
  if (error != std::errc() || end != word.data() + word.size() || seq < 1) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is no number of a message; molva history --numbers WHO shows the numbers", word));
  }
  return seq;
}

absl::StatusOr<v1::ServerData> FetchMessage(Session& session, const std::string& topic,
                                            std::int32_t seq) {
  v1::GetOpts options;
  options.add_ranges()->set_low(seq);
  MOLVA_ASSIGN_OR_RETURN(std::vector<v1::ServerData> messages, session.FetchData(topic, options));
  if (messages.empty()) {
    return absl::NotFoundError(fmt::format("there is no message {} in {}", seq, topic));
  }
  return std::move(messages.front());
}

std::string JoinWords(const std::vector<std::string>& words, std::size_t first) {
  std::string text;
  for (std::size_t i = first; i < words.size(); ++i) text += (i > first ? " " : "") + words[i];
  return text;
}

}  // namespace molva::cli
