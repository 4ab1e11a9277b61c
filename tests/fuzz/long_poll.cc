// Fuzzes long-poll sessions: any order of polls, sends, hang-ups and of what the server does.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/check.h"
#include "model/packet.h"
#include "transport/endpoint_loop.h"
#include "transport/longpoll/long_poll_host.h"
#include "transport/longpoll/long_poll_session.h"

namespace molva::transport {
namespace {

constexpr std::size_t kMostSessions = 4;

// The server's half of a session; gone when it was closed.
struct Peer {
  session::Connection* connection = nullptr;  // null: closed
  int requests = 0;                           // that were handed to it
  int sent = 0;                               // packets that were queued, numbered from 1
};

class Handler final : public session::ConnectionHandler {
 public:
  explicit Handler(Peer& peer) : peer_(peer) {}
  ~Handler() override { MOLVA_CHECK(peer_.connection == nullptr, "gone without OnClosed"); }
  void OnRequest(absl::StatusOr<model::Request>) override {
    MOLVA_CHECK(peer_.connection != nullptr, "a request after OnClosed");
    ++peer_.requests;
  }
  void OnClosed() override {
    MOLVA_CHECK(peer_.connection != nullptr, "closed twice");
    peer_.connection = nullptr;
  }

 private:
  Peer& peer_;
};

class Acceptor final : public session::ConnectionAcceptor {
 public:
  std::unique_ptr<session::ConnectionHandler> Accept(session::Connection& connection,
                                                     session::ConnectionInfo) override {
    peers.push_back(std::make_unique<Peer>());
    peers.back()->connection = &connection;
    return std::make_unique<Handler>(*peers.back());
  }

  std::vector<std::unique_ptr<Peer>> peers;
};

// One request on a connection.
class Waiter final : public LongPollWaiter {
 public:
  void OnAnswer(LongPollAnswer answer) override {
    MOLVA_CHECK(!is_answered && !is_forgotten, "an answer too many");
    is_answered = true;
    status = answer.response.status;
    body = answer.response.body;
  }

  std::uint64_t ticket = 0;
  std::size_t session = 0;
  bool is_poll = false;
  bool is_answered = false;
  bool is_forgotten = false;
  bool is_checked = false;
  int status = 0;
  std::string body;
};

// A host and its clients, as the bytes want them. The loop's turns are ended by hand.
class World {
 public:
  World() {
    loop_.emplace(shard_, LimitsOf(), counters_);
    auto ring = std::make_shared<LongPollHost::Ring>();
    LongPollHost::Rules rules;
    rules.acceptor = &acceptor_;
    rules.has_room_for_session = [this] { return sids_.size() < kMostSessions; };
    rules.ring = ring;
    host_ = std::make_shared<LongPollHost>(shard_, std::move(rules));
    ring->push_back(host_);
    host_->Attach(*loop_);
  }

  ~World() {
    loop_->BeginShutdown();
    EndTurn();
    loop_->CutAll();
    EndTurn();
    MOLVA_CHECK(loop_->empty(), "an endpoint that does not go");
    MOLVA_CHECK(loop_->queued_bytes() == 0, "bytes that nobody holds are counted");
    MOLVA_CHECK(counters_.sessions_live.value() == 0, "a session that is still counted");
    for (const auto& waiter : waiters_) {
      MOLVA_CHECK(waiter->is_answered || waiter->is_forgotten, "somebody waits for ever");
    }
    host_->Detach();
  }

  void Do(int what, std::string_view text) {
    switch (what) {
      case 0:
        return Open();
      case 1:
        return Ask("");
      case 2:
        return text.empty() ? Ask("1") : Ask(std::string(text));
      case 3:
        return HangUp();
      case 4:
        return Push();
      case 5:
        if (peer().connection != nullptr) peer().connection->PauseReading();
        return;
      case 6:
        if (peer().connection != nullptr) peer().connection->ResumeReading();
        return;
      case 7:
        if (peer().connection != nullptr) {
          peer().connection->Close(static_cast<session::CloseReason>(text.size() % 5));
        }
        return;
      case 8:
        return EndTurn();
      case 9:
        chosen_ = sids_.empty() ? 0 : text.size() % sids_.size();
        return;
      default:
        return AskNobody(text);
    }
  }

 private:
  static Limits LimitsOf() {
    Limits limits;
    limits.soft_queue_frames = 4;
    limits.hard_queue_frames = 8;
    limits.hard_queue_bytes = 2000;
    return limits;
  }

  Peer& peer() { return acceptor_.peers.empty() ? nobody_ : *acceptor_.peers[chosen_]; }

  Waiter& Take(const std::string& query, std::string body) {
    HttpRequest request;
    request.method = "POST";
    request.query = query;
    request.body = std::move(body);
    waiters_.push_back(std::make_unique<Waiter>());
    Waiter& waiter = *waiters_.back();
    waiter.session = chosen_;
    waiter.ticket = host_->Take(waiter, std::move(request));
    return waiter;
  }

  void Open() {
    const std::size_t before = sids_.size();
    const Waiter& waiter = Take("", "");
    MOLVA_CHECK(waiter.is_answered, "a session is opened at once");
    if (before >= kMostSessions) {
      MOLVA_CHECK(waiter.status == 503, "a session too many");
      return;
    }
    constexpr std::string_view kSid = "\"sid\":\"";
    const std::size_t at = waiter.body.find(kSid);
    MOLVA_CHECK(waiter.status == 201 && at != std::string::npos, "no session");
    sids_.push_back(waiter.body.substr(at + kSid.size(), 22));
    last_seen_.push_back(0);
  }

  void Ask(std::string body) {
    if (sids_.empty()) return;
    const bool is_poll = body.empty();
    Take("sid=" + sids_[chosen_], std::move(body)).is_poll = is_poll;
    CheckAnswers();
  }

  void AskNobody(std::string_view text) {
    const Waiter& waiter = Take("sid=" + std::string(text), "x");
    const bool is_somebody = std::find(sids_.begin(), sids_.end(), text) != sids_.end();
    MOLVA_CHECK(is_somebody || (waiter.is_answered && waiter.status != 200), "nobody answers");
  }

  void HangUp() {
    for (const auto& waiter : waiters_) {
      if (waiter->is_answered || waiter->is_forgotten) continue;
      waiter->is_forgotten = true;
      return host_->Forget(waiter->ticket);
    }
  }

  void Push() {
    Peer& to = peer();
    if (to.connection == nullptr) return;
    model::Ctrl ctrl;
    ctrl.code = to.sent + 1;
    const auto result = to.connection->Send(model::Share(ctrl), session::Urgency::kReply);
    if (result == session::SendResult::kQueued) ++to.sent;
    if (result == session::SendResult::kOverflow) {
      to.connection->Close(session::CloseReason::kSlowReader);
    }
  }

  void EndTurn() {
    while (loop_->OnTurnEnd() == runtime::TurnEndHook::Remaining::kWork) {
    }
    CheckAnswers();
  }

  // Packets come in order and without gaps, each as it was sent.
  void CheckAnswers() {
    constexpr std::string_view kCode = "{\"ctrl\":{\"code\":";
    for (const auto& waiter : waiters_) {
      if (!waiter->is_answered || std::exchange(waiter->is_checked, true)) continue;
      if (!waiter->is_poll || waiter->status != 200 || !waiter->body.starts_with(kCode)) continue;
      int& last = last_seen_[waiter->session];
      const int number = std::stoi(waiter->body.substr(kCode.size()));
      MOLVA_CHECK(number == last + 1, "a packet out of order");
      MOLVA_CHECK(number <= acceptor_.peers[waiter->session]->sent, "a packet nobody sent");
      last = number;
    }
  }

  runtime::AsioShard shard_{0};  // not started: this is its thread
  LoopCounters counters_;
  Acceptor acceptor_;
  Peer nobody_;
  std::optional<EndpointLoop> loop_;
  std::shared_ptr<LongPollHost> host_;
  std::vector<std::unique_ptr<Waiter>> waiters_;
  std::vector<std::string> sids_;
  std::vector<int> last_seen_;
  std::size_t chosen_ = 0;
};

}  // namespace
}  // namespace molva::transport

// Two bytes say what happens and how many of the next are its text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  molva::transport::World world;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  while (input.size() >= 2) {
    const int what = static_cast<std::uint8_t>(input[0]) % 11;
    const std::size_t wanted = static_cast<std::uint8_t>(input[1]) % 64;
    const std::string_view text = input.substr(2, wanted);
    input.remove_prefix(2 + text.size());
    world.Do(what, text);
  }
  return 0;
}
