// One long-poll client: a session without a socket of its own.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "session/connection.h"
#include "transport/endpoint.h"
#include "transport/endpoint_loop.h"
#include "transport/longpoll/long_poll_call.h"
#include "transport/longpoll/sid.h"
#include "transport/outgoing_queue.h"

namespace molva::transport {

// Packets wait in its queue, by the same limits as those of a WebSocket, until the client polls:
// each poll takes one. A poll that finds none waits for one, or for Limits::poll_wait. At most one
// poll waits; a newer one sends the older away empty-handed.
//
// A send is answered when its packet is handed to the session: while that wants to read no more,
// the client waits (at most kWaitingSends do, further ones are refused).
//
// Closing says what there is to say to the poll that waits or to the next one, then the sid is
// good for nothing. So is one for which nothing came for Limits::poll_idle_timeout.
//
// Thread: the shard's. Borrows: loop and host. Source: docs/protocol transports §4.
class LongPollSession final : public Endpoint, public session::Connection {
 public:
  static constexpr std::size_t kWaitingSends = 16;

  LongPollSession(EndpointLoop& loop, LongPollHost& host, const Sid& sid);
  ~LongPollSession() override;

  void Open(std::unique_ptr<session::ConnectionHandler> handler);
  // A request of the client: an empty `body` polls, another one is a packet.
  void OnCall(ReturnAddress from, std::string body);
  model::UserId user() const { return handler_ == nullptr ? model::UserId() : handler_->user(); }
  // Nobody waits at `from` any more.
  void OnHangUp(const ReturnAddress& from);
  // An answer found nobody: `packet` is the first one again.
  void TakeBack(model::PacketPtr packet);

  session::SendResult Send(const model::PacketPtr& packet, session::Urgency urgency) override;
  void Close(session::CloseReason reason) override;
  void PauseReading() override { is_paused_ = true; }
  void ResumeReading() override;

  CoarseMillis OnDeadline(CoarseMillis now) override;
  void Flush() override;
  Fate AfterTurn() override;
  bool holds_socket() const override { return false; }
  void BeginShutdown() override { Close(session::CloseReason::kServerShutdown); }
  void Cut() override;

 private:
  enum class State : std::uint8_t {
    kOpen,
    kClosing,  // the session is over; the client may fetch what is left
    kDead,
  };
  struct WaitingSend {
    ReturnAddress from;
    std::string body;
  };

  void OnPoll(ReturnAddress from);
  void OnSend(ReturnAddress from, std::string body);
  void Deliver(const WaitingSend& send);
  void DeliverWaiting();
  void AnswerProbe();
  void AnswerPoll(LongPollAnswer answer);
  void AnswerLast(model::Fault fault);
  void GivePacket();
  void Push(FrameRef frame, session::Urgency urgency);
  void End();
  void RefuseWaiting();
  CoarseMillis NextDeadline() const;

  EndpointLoop& loop_;
  LongPollHost& host_;
  const Sid sid_;
  std::unique_ptr<session::ConnectionHandler> handler_;
  OutgoingQueue queue_;
  std::optional<ReturnAddress> poll_;  // that waits
  std::deque<WaitingSend> waiting_;
  std::optional<model::Fault> last_word_;  // instead of packets
  CoarseMillis last_call_;
  CoarseMillis poll_deadline_ = 0;
  CoarseMillis close_deadline_ = 0;
  State state_ = State::kOpen;
  bool is_paused_ = false;
  bool must_resume_ = false;
};

}  // namespace molva::transport
