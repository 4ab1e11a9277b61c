#include "transport/grpc/grpc_door.h"

#include <utility>

#include "base/check.h"
#include "transport/grpc/completion_loop.h"

namespace molva::transport {

GrpcDoor::GrpcDoor(runtime::Shard& shard, session::ConnectionAcceptor& acceptor,
                   const Limits& limits)
    : shard_(shard),
      acceptor_(acceptor),
      limits_(limits),
      decoder_({.max_packet_bytes = limits.max_message_bytes}) {}

GrpcDoor::~GrpcDoor() = default;

void GrpcDoor::Receive(std::vector<StreamEvent> events) {
  shard_.Post([self = shared_from_this(), events = std::move(events)]() mutable {
    self->OnEvents(events);
  });
}

void GrpcDoor::RequestCloseAll() {
  shard_.Post([self = shared_from_this()] {
    self->closing_ = true;
    for (auto& [connection, entry] : self->connections_) {
      connection->Close(session::CloseReason::kServerShutdown);
    }
  });
}

void GrpcDoor::OnEvents(std::vector<StreamEvent>& events) {
  for (StreamEvent& event : events) OnEvent(event);
}

void GrpcDoor::OnEvent(StreamEvent& event) {
  GrpcConnection& connection = *event.connection;
  switch (event.kind) {
    case StreamEvent::Kind::kOpened:
      connections_[&connection] = Entry{std::move(event.opened)};
      sessions_opened_.Add(1);
      sessions_live_.Add(1);
      connection.OnOpened(*this, acceptor_);
      if (closing_) connection.Close(session::CloseReason::kServerShutdown);
      return;
    case StreamEvent::Kind::kPacket:
      return connection.OnPacket(event.bytes);
    case StreamEvent::Kind::kInputEnd:
      return connection.OnInputEnd();
    case StreamEvent::Kind::kWritten:
      return connection.OnWritten();
    case StreamEvent::Kind::kBroken:
      return connection.OnBroken();
    case StreamEvent::Kind::kClosed:
      break;
  }
  connection.OnClosed();
  std::erase(due_, &connection);
  connections_.erase(&connection);
  sessions_live_.Subtract(1);
}

void GrpcDoor::MarkDue(GrpcConnection& connection) {
  const auto at = connections_.find(&connection);
  MOLVA_CHECK(at != connections_.end(), "a connection belongs to its door");
  if (std::exchange(at->second.due, true)) return;
  due_.push_back(&connection);
  ScheduleTurnEnd();
}

void GrpcDoor::Issue(CompletionLoop& loop, StreamCommand command) {
  commands_[&loop].push_back(std::move(command));
  ScheduleTurnEnd();
}

void GrpcDoor::ScheduleTurnEnd() {
  if (std::exchange(turn_end_posted_, true)) return;
  shard_.Post([self = shared_from_this()] { self->OnTurnEnd(); });
}

void GrpcDoor::OnTurnEnd() {
  turn_end_posted_ = false;
  // What a session does meanwhile is for the next turn.
  const std::vector<GrpcConnection*> due = std::exchange(due_, {});
  for (GrpcConnection* connection : due) {
    connections_.find(connection)->second.due = false;
    connection->Flush();
  }
  for (auto& [loop, commands] : commands_) {
    if (!commands.empty()) loop->Post(std::exchange(commands, {}));
  }
}

void GrpcDoor::CountSend(session::SendResult result, std::size_t bytes) {
  queued_bytes_.Add(bytes);
  switch (result) {
    case session::SendResult::kQueued:
      packets_.Add(1);
      return packet_bytes_.Add(bytes);
    case session::SendResult::kDropped:
      return dropped_.Add(1);
    case session::SendResult::kOverflow:
      return overflows_.Add(1);
  }
}

void GrpcDoor::CountUnqueued(std::size_t bytes) { queued_bytes_.Subtract(bytes); }

void GrpcDoor::CountRequest(std::size_t bytes) {
  requests_.Add(1);
  request_bytes_.Add(bytes);
}

Traffic GrpcDoor::traffic() const {
  Traffic traffic;
  traffic.connections_accepted = traffic.sessions_opened = sessions_opened_.value();
  traffic.connections_live = traffic.sessions_live = sessions_live_.value();
  traffic.messages_in = requests_.value();
  traffic.bytes_in = request_bytes_.value();
  traffic.frames_out = packets_.value();
  traffic.bytes_out = packet_bytes_.value();
  traffic.frames_dropped = dropped_.value();
  traffic.overflows = overflows_.value();
  traffic.queued_bytes = queued_bytes_.value();
  return traffic;
}

}  // namespace molva::transport
