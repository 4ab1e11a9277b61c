// molva chat: a conversation at the terminal, or from a pipe.
#include <absl/time/clock.h>
#include <fmt/core.h>

#include "clients/cli/commands.h"
#include "clients/cli/line_input.h"
#include "clients/cli/people.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr std::int32_t kHistoryShown = 24;
constexpr absl::Duration kTypingInterval = absl::Seconds(3);

// One topic as the user sees it.
class ChatRoom {
 public:
  ChatRoom(Context& context, LoggedIn& mine, std::string topic)
      : printer_(context.printer),
        session_(mine.session),
        topic_(std::move(topic)),
        names_(mine.profile.user),
        input_("> ", session_.poll_fd(),
               {[this] { return HandlePackets(); }, [this] { return TellTyping(); }}) {}

  absl::Status Enter() {
    MOLVA_RETURN_IF_ERROR(session_.Attach("me").status());
    MOLVA_RETURN_IF_ERROR(AttachAndLearn(session_, topic_, names_));
    printer_.Line(printer_.Paint(Colour::kDim,
                                 fmt::format("{}. Write and press Enter; /quit or Ctrl-D leaves.",
                                             Harmless(names_.NameOf(topic_)))));
    v1::GetOpts options;
    options.set_limit(kHistoryShown);
    MOLVA_ASSIGN_OR_RETURN(const auto messages, session_.FetchData(topic_, options));
    for (const v1::ServerData& message : messages) {
      printer_.Message(message, names_.NameOf(message.from_user_id()));
    }
    return messages.empty() ? absl::OkStatus() : TellRead(messages.back());
  }

  absl::Status Talk() {
    while (true) {
      MOLVA_ASSIGN_OR_RETURN(const std::optional<std::string> line, input_.ReadLine());
      if (!line.has_value() || *line == "/quit") return absl::OkStatus();
      if (!line->empty()) MOLVA_RETURN_IF_ERROR(Publish(*line));
    }
  }

 private:
  absl::Status Publish(const std::string& text) {
    v1::ClientMsg message;
    message.mutable_pub()->set_topic(topic_);
    message.mutable_pub()->set_no_echo(true);
    message.mutable_pub()->set_content(JsonText(text));
    MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl ctrl, session_.Call(std::move(message)));
    const auto seq = ctrl.params().find("seq");
    JsonObject object;
    object.Text("topic", topic_);
    if (seq != ctrl.params().end()) object.Raw("seq", seq->second);
    printer_.Object(object);
    return absl::OkStatus();
  }

  absl::Status HandlePackets() {
    while (true) {
      MOLVA_ASSIGN_OR_RETURN(const auto packet, session_.Next(absl::ZeroDuration()));
      if (!packet.has_value()) return absl::OkStatus();
      if (packet->has_data() && packet->data().topic() == topic_) {
        MOLVA_RETURN_IF_ERROR(OnMessage(packet->data()));
      } else if (packet->has_info() && packet->info().topic() == topic_) {
        OnInfo(packet->info());
      } else if (packet->has_pres()) {
        OnPresence(packet->pres());
      } else if (packet->has_ctrl() && packet->ctrl().text() == "evicted") {
        return absl::FailedPreconditionError("you were put out of this chat");
      }
    }
  }

  absl::Status OnMessage(const v1::ServerData& message) {
    input_.Show([&] { printer_.Message(message, names_.NameOf(message.from_user_id())); });
    return names_.IsSelf(message.from_user_id()) ? absl::OkStatus() : TellRead(message);
  }

  void OnInfo(const v1::ServerInfo& info) {
    if (names_.IsSelf(info.from_user_id())) return;
    if (info.what() == v1::INFO_NOTE_KP) {
      ShowEvent("typing", info.from_user_id(), 0, "is typing");
    } else if (info.what() == v1::INFO_NOTE_READ) {
      ShowEvent("read", info.from_user_id(), info.seq_id(),
                fmt::format("has read up to {}", info.seq_id()));
    }
  }

  void OnPresence(const v1::ServerPres& pres) {
    if (pres.src() != topic_) return;
    if (pres.what() == v1::ServerPres::WHAT_ON) {
      ShowEvent("online", topic_, 0, "is online");
    } else if (pres.what() == v1::ServerPres::WHAT_OFF) {
      ShowEvent("offline", topic_, 0, "is offline");
    }
  }

  void ShowEvent(std::string_view event, const std::string& who, std::int32_t seq,
                 std::string_view text) {
    input_.Show([&] {
      const std::string line = fmt::format("{} {}", Harmless(names_.NameOf(who)), text);
      printer_.Line(printer_.Paint(Colour::kDim, line));
      JsonObject object;
      object.Text("event", event).Text("topic", topic_).Text("from", who);
      if (seq > 0) object.Number("seq", seq);
      printer_.Object(object);
    });
  }

  absl::Status TellRead(const v1::ServerData& message) {
    v1::ClientMsg note;
    note.mutable_note()->set_topic(topic_);
    note.mutable_note()->set_what(v1::INFO_NOTE_READ);
    note.mutable_note()->set_seq_id(message.seq_id());
    return session_.Tell(note);
  }

  absl::Status TellTyping() {
    const absl::Time now = absl::Now();
    if (now - typing_told_ < kTypingInterval) return absl::OkStatus();
    typing_told_ = now;
    v1::ClientMsg note;
    note.mutable_note()->set_topic(topic_);
    note.mutable_note()->set_what(v1::INFO_NOTE_KP);
    return session_.Tell(note);
  }

  const Printer& printer_;
  Session& session_;
  const std::string topic_;
  NameBook names_;
  absl::Time typing_told_ = absl::InfinitePast();
  LineInput input_;
};

}  // namespace

absl::Status RunChat(Context& context) {
  MOLVA_ASSIGN_OR_RETURN(LoggedIn mine, OpenLoggedIn(context));
  MOLVA_ASSIGN_OR_RETURN(std::string topic, ResolveWho(mine.session, context.words()[0]));
  ChatRoom room(context, mine, std::move(topic));
  MOLVA_RETURN_IF_ERROR(room.Enter());
  return room.Talk();
}

}  // namespace molva::cli
