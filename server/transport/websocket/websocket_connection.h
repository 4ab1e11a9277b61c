// One WebSocket client: frames in to its session, packets out from it.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "session/connection.h"
#include "transport/endpoint.h"
#include "transport/endpoint_loop.h"
#include "transport/outgoing_queue.h"
#include "transport/socket.h"
#include "transport/websocket/frame_parser.h"

namespace molva::transport {

// A connection after its opening handshake.
//
// It answers pings, the network probe "1" and the client's close by itself; pings the client and
// drops it when nothing came for too long; closes with 1002, 1007 or 1009 when it breaks the rules.
// A close sends what is queued and the close frame, ends our half, and waits a while for the
// client's end; the session ends as soon as nothing more will reach it.
//
// Thread: the shard's. Borrows: the loop. Source: RFC 6455; docs/protocol transports §3.
class WebSocketConnection final : public Endpoint,
                                  public runtime::FdEvents,
                                  public session::Connection {
 public:
  // `greeting`, the handshake's answer, is written before all else. Sessions may be made for it and
  // may send at once; nothing is read or written until Open.
  WebSocketConnection(EndpointLoop& loop, Compression compression, std::string greeting);
  ~WebSocketConnection() override;

  // `early` is what followed the handshake already.
  void Open(std::unique_ptr<Socket> socket, std::unique_ptr<session::ConnectionHandler> handler,
            std::string_view early);

  session::SendResult Send(const model::PacketPtr& packet, session::Urgency urgency) override;
  void Close(session::CloseReason reason) override;
  void PauseReading() override;
  void ResumeReading() override;

  void OnReadable() override;
  void OnWritable() override;
  CoarseMillis OnDeadline(CoarseMillis now) override;
  void Flush() override;
  Fate AfterTurn() override;
  void BeginShutdown() override { Close(session::CloseReason::kServerShutdown); }
  void Cut() override;

 private:
  enum class State : std::uint8_t {
    kOpen,
    kClosing,    // our close frame is queued; input is thrown away
    kLingering,  // it is written, our half is closed: waiting for the end of theirs
    kDead,
  };

  void ReadOnce();
  void Consume(std::span<char> input);
  void Handle(const FrameEvent& event);
  void HandleDeflated(const FrameEvent& event);
  void HandleMessage(std::string_view payload);
  void Answer(std::string frame);
  void BeginClose(CloseCode code);
  void BreakOff(CloseCode code);  // the client broke the rules, or is done
  void WriteQueued();
  void OnQueueWritten();
  void EndSession();
  void Stash(std::span<const char> rest);
  void Resume();
  CoarseMillis CheckOpen(CoarseMillis now);
  CoarseMillis CheckBlocked(CoarseMillis now);

  EndpointLoop& loop_;
  const Compression compression_;
  std::unique_ptr<Socket> socket_;
  std::unique_ptr<session::ConnectionHandler> handler_;
  FrameParser parser_;
  OutgoingQueue queue_;
  std::unique_ptr<std::string> stash_;  // input that came before reading was paused
  CoarseMillis last_input_;
  CoarseMillis last_ping_;
  CoarseMillis blocked_since_ = 0;  // the socket takes no more; zero: it does
  std::size_t blocked_bytes_ = 0;   // what the kernel held then
  CoarseMillis close_deadline_ = 0;
  State state_ = State::kOpen;
  bool is_paused_ = false;
  bool must_resume_ = false;
  bool is_session_over_ = false;
  bool read_waits_for_room_ = false;  // TLS wants to write before it can read
};

}  // namespace molva::transport
