#include "transport/longpoll/long_poll_host.h"

#include <absl/time/clock.h>

#include "model/packet.h"
#include "transport/http/response_writer.h"
#include "transport/longpoll/long_poll_session.h"
#include "wire/json_encoder.h"

namespace molva::transport {

using model::Fault;

LongPollAnswer MakeLongPollFault(Fault fault, HttpRequest::KeepAlive keep_alive) {
  return {.response = MakeFaultResponse(fault), .keep_alive = keep_alive, .packet = nullptr};
}

LongPollHost::~LongPollHost() = default;

std::uint64_t LongPollHost::Take(LongPollWaiter& waiter, HttpRequest request) {
  const std::optional<std::string> text = request.Parameter("sid");
  if (!text.has_value()) {
    waiter.OnAnswer(Create(request));
    return 0;
  }
  const std::optional<Sid> sid = Sid::Parse(*text);
  const std::shared_ptr<LongPollHost> home = sid.has_value() ? HomeOf(*sid) : nullptr;
  if (home == nullptr) {
    waiter.OnAnswer(MakeLongPollFault(Fault::kSessionExpired));
    return 0;
  }
  const std::uint64_t ticket = ++last_ticket_;
  awaited_.emplace(ticket, Awaited{&waiter, *sid});
  ReturnAddress from{shared_from_this(), ticket};
  // A form carries parameters, not a packet.
  std::string body = request.is_form() ? std::string() : std::move(request.body);
  Run(home, [sid = *sid, from = std::move(from), body = std::move(body)](LongPollHost& host) {
    host.OnCall(sid, from, body);
  });
  return ticket;
}

void LongPollHost::Forget(std::uint64_t ticket) {
  const auto at = awaited_.find(ticket);
  if (at == awaited_.end()) return;
  const Sid sid = at->second.sid;
  awaited_.erase(at);
  if (std::shared_ptr<LongPollHost> home = HomeOf(sid)) {
    ReturnAddress from{shared_from_this(), ticket};
    Run(std::move(home), [sid, from = std::move(from)](LongPollHost& host) {
      if (LongPollSession* session = host.Find(sid)) session->OnHangUp(from);
    });
  }
}

void LongPollHost::FindUser(std::string_view text,
                            absl::AnyInvocable<void(absl::StatusOr<model::UserId>)> done) {
  const std::optional<Sid> sid = Sid::Parse(text);
  std::shared_ptr<LongPollHost> home = sid.has_value() ? HomeOf(*sid) : nullptr;
  if (home == nullptr) return done(model::Fail(Fault::kSessionExpired, "no such session"));
  auto answer = [done = std::move(done)](const std::optional<model::UserId>& user) mutable {
    if (user.has_value()) return done(*user);
    done(model::Fail(Fault::kSessionExpired, "no such session"));
  };
  Run(std::move(home), [self = shared_from_this(), sid = *sid,
                        answer = std::move(answer)](LongPollHost& host) mutable {
    const LongPollSession* session = host.Find(sid);
    const auto user = session == nullptr ? std::nullopt : std::optional(session->user());
    host.Run(std::move(self),
             [answer = std::move(answer), user](LongPollHost&) mutable { answer(user); });
  });
}

LongPollAnswer LongPollHost::Create(const HttpRequest& request) {
  if (loop_ == nullptr || !rules_.has_room_for_session()) {
    return MakeLongPollFault(Fault::kServiceUnavailable);
  }
  const Sid sid = Sid::Make(rules_.index, shard_.random());
  auto made = std::make_unique<LongPollSession>(*loop_, *this, sid);
  LongPollSession& session = *made;
  sessions_.emplace(sid, &session);
  loop_->Adopt(std::move(made));
  auto handler =
      rules_.acceptor->Accept(session, {session::TransportKind::kLongPoll, request.remote_address});
  if (handler == nullptr) {
    session.Cut();
    return MakeLongPollFault(Fault::kServiceUnavailable);
  }
  session.Open(std::move(handler));
  const model::Ctrl ctrl =
      model::MakeCtrl(Fault::kCreated, request.Parameter("id").value_or(""), {}, absl::Now(),
                      {{"sid", model::JsonText(sid.ToString())}});
  LongPollAnswer answer;
  answer.response.status = ctrl.code;
  wire::EncodeJson(ctrl, answer.response.body);
  return answer;
}

void LongPollHost::OnCall(const Sid& sid, ReturnAddress from, std::string body) {
  if (LongPollSession* session = Find(sid)) {
    session->OnCall(std::move(from), std::move(body));
  } else {
    Reply(from, MakeLongPollFault(Fault::kSessionExpired), sid);
  }
}

void LongPollHost::Reply(const ReturnAddress& to, LongPollAnswer answer, const Sid& sid) {
  Run(to.host, [ticket = to.ticket, answer = std::move(answer), sid](LongPollHost& host) mutable {
    host.OnAnswer(ticket, std::move(answer), sid);
  });
}

void LongPollHost::OnAnswer(std::uint64_t ticket, LongPollAnswer answer, const Sid& sid) {
  const auto at = awaited_.find(ticket);
  if (at != awaited_.end()) {
    LongPollWaiter* const waiter = at->second.waiter;
    awaited_.erase(at);
    return waiter->OnAnswer(std::move(answer));
  }
  if (answer.packet == nullptr) return;
  if (std::shared_ptr<LongPollHost> home = HomeOf(sid)) {
    Run(std::move(home), [sid, packet = std::move(answer.packet)](LongPollHost& host) {
      if (LongPollSession* session = host.Find(sid)) session->TakeBack(packet);
    });
  }
}

std::shared_ptr<LongPollHost> LongPollHost::HomeOf(const Sid& sid) const {
  const auto index = static_cast<std::size_t>(sid.shard());
  return index < rules_.ring->size() ? (*rules_.ring)[index].lock() : nullptr;
}

template <typename Task>
void LongPollHost::Run(std::shared_ptr<LongPollHost> host, Task task) {
  if (host.get() == this) return task(*this);
  runtime::Shard& shard = host->shard_;
  shard.Post([host = std::move(host), task = std::move(task)]() mutable { task(*host); });
}

LongPollSession* LongPollHost::Find(const Sid& sid) const {
  const auto at = sessions_.find(sid);
  return at == sessions_.end() ? nullptr : at->second;
}

}  // namespace molva::transport
