#include "transport/grpc/grpc_door.h"

#include <utility>

#include "base/check.h"
#include "transport/grpc/completion_loop.h"

namespace molva::transport {

GrpcDoor::GrpcDoor(runtime::Shard& shard, session::ConnectionAcceptor& acceptor,
                   const FileDoor& files, const Limits& limits)
    : shard_(shard),
      acceptor_(acceptor),
      files_(files),
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
    self->is_closing_ = true;
    for (auto& [call, entry] : self->calls_) call->BeginShutdown();
  });
}

void GrpcDoor::OnEvents(std::vector<StreamEvent>& events) {
  for (StreamEvent& event : events) OnEvent(event);
}

void GrpcDoor::OnEvent(StreamEvent& event) {
  GrpcCall& call = *event.call;
  switch (event.kind) {
    case StreamEvent::Kind::kOpened:
      calls_[&call] = Entry{std::move(event.opened)};
      calls_opened_.Add(1);
      calls_live_.Add(1);
      call.OnOpened(*this);
      if (is_closing_) call.BeginShutdown();
      return;
    case StreamEvent::Kind::kPacket:
      return call.OnPacket(event.bytes);
    case StreamEvent::Kind::kInputEnd:
      return call.OnInputEnd();
    case StreamEvent::Kind::kWritten:
      return call.OnWritten();
    case StreamEvent::Kind::kBroken:
      return call.OnBroken();
    case StreamEvent::Kind::kClosed:
      break;
  }
  call.OnClosed();
  std::erase(due_, &call);
  calls_.erase(&call);
  calls_live_.Subtract(1);
}

void GrpcDoor::MarkDue(GrpcCall& call) {
  const auto at = calls_.find(&call);
  MOLVA_CHECK(at != calls_.end(), "a call belongs to its door");
  if (std::exchange(at->second.due, true)) return;
  due_.push_back(&call);
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
  const std::vector<GrpcCall*> due = std::exchange(due_, {});
  for (GrpcCall* call : due) {
    calls_.find(call)->second.due = false;
    call->Flush();
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

void GrpcDoor::CountSessionOpened() {
  sessions_opened_.Add(1);
  sessions_live_.Add(1);
}

void GrpcDoor::CountSessionClosed() { sessions_live_.Subtract(1); }

Traffic GrpcDoor::traffic() const {
  Traffic traffic;
  traffic.connections_accepted = calls_opened_.value();
  traffic.connections_live = calls_live_.value();
  traffic.sessions_opened = sessions_opened_.value();
  traffic.sessions_live = sessions_live_.value();
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
