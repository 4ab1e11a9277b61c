#include "clients/cli/session.h"

#include <absl/time/clock.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "clients/cli/json_text.h"
#include "clients/cli/patience.h"
#include "clients/cli/second_factor.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr absl::Duration kAnswerTimeout = absl::Seconds(15);
constexpr std::size_t kMaxWaiting = 100'000;

absl::StatusCode CodeOf(int code) {
  switch (code) {
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    case 501:
      return absl::StatusCode::kUnimplemented;
    default:
      return code >= 500 ? absl::StatusCode::kUnavailable : absl::StatusCode::kFailedPrecondition;
  }
}

std::string Language() {
  const char* lang = std::getenv("LANG");
  const std::string_view text = lang == nullptr ? std::string_view() : std::string_view(lang);
  return std::string(text.substr(0, std::min(text.find('.'), text.size())));
}

Identity IdentityOf(const v1::ServerCtrl& ctrl) {
  return {ParamText(ctrl, "user"), ParamText(ctrl, "token"), ParamText(ctrl, "expires")};
}

// What `ask` returns, which is made again as long as the server says so and the patience lasts.
template <typename Ask>
auto AskPatiently(const Ask& ask) {
  Patience patience;
  auto answer = ask();
  while (const std::optional<absl::Duration> wait = patience.WaitAfter(answer.status())) {
    absl::SleepFor(*wait);
    answer = ask();
  }
  return answer;
}

}  // namespace

std::string ParamText(const v1::ServerCtrl& ctrl, const std::string& name) {
  const auto at = ctrl.params().find(name);
  if (at == ctrl.params().end()) return "";
  return FindText(at->second, "").value_or("");
}

absl::Status Refusal(const v1::ServerCtrl& ctrl) {
  std::string text = fmt::format("the server says: {} ({})", ctrl.text(), ctrl.code());
  if (const std::string what = ParamText(ctrl, "what"); !what.empty()) text += ", about " + what;
  if (const auto wait = ctrl.params().find("retryAfter"); wait != ctrl.params().end()) {
    return TooOften(text, FindNumber(wait->second, "").value_or(1));
  }
  absl::Status refusal(CodeOf(ctrl.code()), text);
  AddChallenge(ctrl, refusal);
  return refusal;
}

absl::StatusOr<Session> Session::Open(const std::string& address, const ConnectOptions& options) {
  MOLVA_ASSIGN_OR_RETURN(std::unique_ptr<Connection> connection, Connect(address, options));
  Session session(std::move(connection));
  v1::ClientMsg message;
  message.mutable_hi()->set_ver("0.25");
  message.mutable_hi()->set_user_agent("molva/" MOLVA_VERSION " (Linux)");
  message.mutable_hi()->set_lang(Language());
  MOLVA_ASSIGN_OR_RETURN(session.greeting_, session.Call(std::move(message)));
  return session;
}

bool Session::Can(std::string_view capability) const {
  const auto beyond = greeting_.params().find("molva");
  if (beyond == greeting_.params().end()) return false;
  const std::vector<std::string> words = FindTexts(beyond->second, "/caps");
  return std::find(words.begin(), words.end(), capability) != words.end();
}

absl::Status Session::Require(std::string_view capability, std::string_view what) const {
  if (Can(capability)) return absl::OkStatus();
  return absl::UnimplementedError(
      fmt::format("this server has no {} ('{}' is not among what it can do)", what, capability));
}

std::optional<std::int64_t> Session::Limit(const std::string& name) const {
  const auto at = greeting_.params().find(name);
  return at == greeting_.params().end() ? std::nullopt : FindNumber(at->second, "");
}

absl::StatusOr<Identity> Session::LogIn(std::string_view scheme, std::string_view secret,
                                        const std::vector<v1::ClientCred>& answers) {
  v1::ClientMsg message;
  message.mutable_login()->set_scheme(std::string(scheme));
  message.mutable_login()->set_secret(std::string(secret));
  for (const v1::ClientCred& answer : answers) *message.mutable_login()->add_cred() = answer;
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl ctrl, Call(std::move(message)));
  return IdentityOf(ctrl);
}

absl::StatusOr<Identity> Session::Register(v1::ClientAcc request) {
  v1::ClientMsg message;
  *message.mutable_acc() = std::move(request);
  MOLVA_ASSIGN_OR_RETURN(const v1::ServerCtrl ctrl, Call(std::move(message)));
  return IdentityOf(ctrl);
}

absl::StatusOr<v1::ServerCtrl> Session::Call(v1::ClientMsg message) {
  return AskPatiently([&] { return CallOnce(message); });
}

absl::StatusOr<v1::ServerCtrl> Session::CallOnce(v1::ClientMsg message) {
  const std::string id = NextId();
  switch (message.message_case()) {
    case v1::ClientMsg::kHi:
      message.mutable_hi()->set_id(id);
      break;
    case v1::ClientMsg::kAcc:
      message.mutable_acc()->set_id(id);
      break;
    case v1::ClientMsg::kLogin:
      message.mutable_login()->set_id(id);
      break;
    case v1::ClientMsg::kSub:
      message.mutable_sub()->set_id(id);
      break;
    case v1::ClientMsg::kLeave:
      message.mutable_leave()->set_id(id);
      break;
    case v1::ClientMsg::kPub:
      message.mutable_pub()->set_id(id);
      break;
    case v1::ClientMsg::kSet:
      message.mutable_set()->set_id(id);
      break;
    case v1::ClientMsg::kDel:
      message.mutable_del()->set_id(id);
      break;
    default:
      return absl::InternalError("a request that has no single answer");
  }
  MOLVA_RETURN_IF_ERROR(connection_->Send(message));
  return AwaitCtrl(id);
}

absl::StatusOr<v1::ServerMsg> Session::Await(absl::Time deadline) {
  const absl::Duration left = std::max(deadline - absl::Now(), absl::ZeroDuration());
  MOLVA_ASSIGN_OR_RETURN(std::optional<v1::ServerMsg> packet, connection_->Receive(left));
  if (packet.has_value()) return *std::move(packet);
  return absl::DeadlineExceededError(fmt::format("the server did not answer within {} seconds",
                                                 absl::ToInt64Seconds(kAnswerTimeout)));
}

absl::StatusOr<v1::ServerCtrl> Session::AwaitCtrl(const std::string& id) {
  const absl::Time deadline = absl::Now() + kAnswerTimeout;
  while (true) {
    MOLVA_ASSIGN_OR_RETURN(v1::ServerMsg packet, Await(deadline));
    if (packet.has_ctrl() && packet.ctrl().id() == id) {
      const int code = packet.ctrl().code();
      if (code >= 300 && code != 304) return Refusal(packet.ctrl());
      return packet.ctrl();
    }
    // A refusal of what could not be read carries no id.
    if (packet.has_ctrl() && packet.ctrl().id().empty() && packet.ctrl().code() == 400) {
      return Refusal(packet.ctrl());
    }
    if (waiting_.size() < kMaxWaiting) waiting_.push_back(std::move(packet));
  }
}

absl::StatusOr<std::vector<v1::ServerMsg>> Session::Ask(
    const std::string& topic, const v1::GetQuery& query,
    absl::FunctionRef<bool(const v1::ServerMsg&)> belongs) {
  return AskPatiently([&] { return AskOnce(topic, query, belongs); });
}

absl::StatusOr<std::vector<v1::ServerMsg>> Session::AskOnce(
    const std::string& topic, const v1::GetQuery& query,
    absl::FunctionRef<bool(const v1::ServerMsg&)> belongs) {
  v1::ClientMsg message;
  const std::string id = NextId();
  message.mutable_get()->set_id(id);
  message.mutable_get()->set_topic(topic);
  *message.mutable_get()->mutable_query() = query;
  MOLVA_RETURN_IF_ERROR(connection_->Send(message));
  const absl::Time deadline = absl::Now() + kAnswerTimeout;
  std::vector<v1::ServerMsg> answer;
  while (true) {
    MOLVA_ASSIGN_OR_RETURN(v1::ServerMsg packet, Await(deadline));
    if (packet.has_ctrl() && packet.ctrl().id() == id) {
      if (packet.ctrl().code() >= 400) return Refusal(packet.ctrl());
      answer.push_back(std::move(packet));
      return answer;
    }
    const bool last = packet.has_meta() && packet.meta().id() == id;
    if (last || belongs(packet)) {
      answer.push_back(std::move(packet));
    } else if (waiting_.size() < kMaxWaiting) {
      waiting_.push_back(std::move(packet));
    }
    if (last) return answer;
  }
}

absl::StatusOr<std::optional<v1::ServerMeta>> Session::Fetch(const std::string& topic,
                                                             const std::string& what) {
  v1::GetQuery query;
  query.set_what(what);
  MOLVA_ASSIGN_OR_RETURN(std::vector<v1::ServerMsg> answer,
                         Ask(topic, query, [](const v1::ServerMsg&) { return false; }));
  if (!answer.back().has_meta()) return std::nullopt;
  return std::move(*answer.back().mutable_meta());
}

absl::StatusOr<std::vector<v1::ServerData>> Session::FetchData(const std::string& topic,
                                                               const v1::GetOpts& options) {
  v1::GetQuery query;
  query.set_what("data");
  *query.mutable_data() = options;
  MOLVA_ASSIGN_OR_RETURN(std::vector<v1::ServerMsg> answer,
                         Ask(topic, query, [&topic](const v1::ServerMsg& packet) {
                           return packet.has_data() && packet.data().topic() == topic;
                         }));
  std::vector<v1::ServerData> messages;
  for (v1::ServerMsg& packet : answer) {
    if (packet.has_data()) messages.push_back(std::move(*packet.mutable_data()));
  }
  std::sort(messages.begin(), messages.end(),
            [](const auto& one, const auto& other) { return one.seq_id() < other.seq_id(); });
  return messages;
}

absl::StatusOr<v1::ServerCtrl> Session::Attach(const std::string& topic) {
  v1::ClientMsg message;
  message.mutable_sub()->set_topic(topic);
  return Call(std::move(message));
}

absl::Status Session::Detach(const std::string& topic) {
  v1::ClientMsg message;
  message.mutable_leave()->set_topic(topic);
  return Call(std::move(message)).status();
}

absl::StatusOr<std::optional<v1::ServerMsg>> Session::Next(absl::Duration timeout) {
  if (waiting_.empty()) {
    MOLVA_ASSIGN_OR_RETURN(std::optional<v1::ServerMsg> fresh, connection_->Receive(timeout));
    if (!fresh.has_value()) return std::nullopt;
    waiting_.push_back(*std::move(fresh));
  }
  v1::ServerMsg packet = std::move(waiting_.front());
  waiting_.pop_front();
  if (packet.has_ctrl() && packet.ctrl().topic().empty() &&
      ParamText(packet.ctrl(), "what") == "session") {
    return absl::UnauthenticatedError(
        "this login was ended from another device; to come back: molva login NAME");
  }
  return packet;
}

}  // namespace molva::cli
