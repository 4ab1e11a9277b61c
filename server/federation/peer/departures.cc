#include "federation/peer/departures.h"

#include <utility>

#include "federation/peer/frames.h"

namespace molva::federation {

void Departures::SayBye(std::unique_ptr<Connection> connection, std::string_view reason) {
  connection->HandTo(*this);
  connection->Send(EncodeFrame(Bye{std::string(reason)}));
  connection->pipe().Close(reason);
  leaving_.push_back(std::move(connection));
  if (leaving_.size() > kMax) Sweep();
}

void Departures::Bury(std::unique_ptr<Connection> connection) {
  connection->HandTo(*this);
  leaving_.push_back(std::move(connection));
  Sweep();
}

void Departures::Refuse(PipeAcceptor::MakePipe make, std::string_view reason) {
  auto connection = std::make_unique<Connection>(*this, Connection::DialledBy::kPeer);
  std::unique_ptr<Pipe> pipe = make(shard_, *connection);
  if (pipe == nullptr) return;
  connection->Attach(std::move(pipe), shard_.Now());
  SayBye(std::move(connection), reason);
}

// Later, because a pipe may be calling.
void Departures::Sweep() {
  shard_.Post([self = std::weak_ptr(self_)] {
    const auto kept = self.lock();
    if (kept == nullptr) return;
    auto& leaving = (*kept)->leaving_;
    std::erase_if(leaving, [](const auto& connection) { return connection->is_closed(); });
    if (leaving.size() > kMax) {
      leaving.erase(leaving.begin(), leaving.end() - static_cast<std::ptrdiff_t>(kMax));
    }
  });
}

void Departures::OnFrame(Connection&, std::string) {}
void Departures::OnWritable(Connection&) {}
void Departures::OnClosed(Connection&, const absl::Status&) { Sweep(); }

}  // namespace molva::federation
