#include "tests/unit/grpc/echo_node.h"

#include <charconv>

namespace molva::test {

void EchoSession::OnRequest(absl::StatusOr<model::Request> request) {
  if (!request.ok()) {
    ++tally_.malformed;
    return Answer("", model::FaultOf(request.status()));
  }
  ++tally_.requests;
  const auto* get = std::get_if<model::Get>(&request->body);
  if (get == nullptr) return Answer(request->id, model::Fault::kOk);
  const std::string_view what = get->query.what;
  const std::size_t colon = std::min(what.find(':'), what.size());
  int number = 0;
  std::from_chars(what.data() + std::min(colon + 1, what.size()), what.data() + what.size(),
                  number);
  Obey(*request, what.substr(0, colon), number);
}

void EchoSession::Obey(const model::Request& request, std::string_view verb, int number) {
  if (verb == "count") {
    for (int i = 1; i <= number; ++i) {
      Send(model::Data{"t", "", shard_.Now(), i, {}, {R"("hello")"}});
    }
  } else if (verb == "big") {
    Send(model::Data{"t", "", shard_.Now(), 1, {}, {'"' + std::string(number, 'x') + '"'}});
  } else if (verb == "presences") {
    for (int i = 0; i < number; ++i) {
      Send(model::Pres{"me", "usrA", "on", "", 0, 0, {}, "", "", {}});
    }
  } else if (verb == "address") {
    Send(model::Data{"t", address_, shard_.Now(), 1, {}, {}});
  } else if (verb == "close") {
    connection_.Close(static_cast<session::CloseReason>(number));
  } else if (verb == "pause") {
    connection_.PauseReading();
    resume_ = shard_.StartTimer(absl::Milliseconds(number), [this] {
      resume_ = runtime::TimerId::kNone;
      connection_.ResumeReading();
    });
    return;
  }
  Answer(request.id, model::Fault::kOk);
}

void EchoSession::Answer(const std::string& id, model::Fault fault) {
  Send(model::MakeCtrl(fault, id, "", shard_.Now()));
}

void EchoSession::Send(model::Packet packet) {
  switch (connection_.Send(model::Share(std::move(packet)), session::Urgency::kReply)) {
    case session::SendResult::kQueued:
      break;
    case session::SendResult::kDropped:
      ++tally_.dropped;
      break;
    case session::SendResult::kOverflow:
      ++tally_.overflows;
      connection_.Close(session::CloseReason::kSlowReader);
      break;
  }
}

EchoNode::EchoNode(transport::GrpcOptions options, int max_sessions) {
  std::vector<transport::GrpcListener::Place> places;
  for (int i = 0; i < 2; ++i) {
    shards_.push_back(std::make_unique<runtime::AsioShard>(i));
    acceptors_.push_back(std::make_unique<EchoAcceptor>(*shards_.back(), tally_, max_sessions));
    places.push_back({shards_.back().get(), acceptors_.back().get(), {}});
  }
  options.address = "127.0.0.1:0";
  auto listener = transport::GrpcListener::Open(options, places);
  REQUIRE(listener.ok());
  listener_ = *std::move(listener);
  for (const auto& shard : shards_) shard->Start();
  listener_->Start();
}

EchoNode::~EchoNode() {
  if (listener_ != nullptr) listener_->Shutdown(absl::Seconds(2));
  StopShards();
}

void EchoNode::StopShards() {
  for (const auto& shard : shards_) shard->Stop();
}

}  // namespace molva::test
