#include "transport/listener.h"

#include <future>

#include "base/check.h"
#include "base/status_macros.h"
#include "transport/listening_socket.h"
#include "transport/shard_door.h"

namespace molva::transport {
namespace {

// Connections that are no sessions: health checks, handshakes under way.
constexpr std::uint64_t kConnectionsBesideSessions = 1024;

// Runs `step` for each door on its shard; returns when each has called its `done`.
template <typename Step>
void OnEachShard(const std::vector<std::unique_ptr<ShardDoor>>& doors, Step step) {
  std::vector<std::future<void>> all_done;
  for (const std::unique_ptr<ShardDoor>& door : doors) {
    std::promise<void> promise;
    all_done.push_back(promise.get_future());
    door->shard().Post([&door = *door, &step, promise = std::move(promise)]() mutable {
      step(door, [promise = std::move(promise)]() mutable { promise.set_value(); });
    });
  }
  for (std::future<void>& done : all_done) done.wait();
}

}  // namespace

Listener::Listener(ListenOptions options, std::uint16_t port)
    : options_(std::move(options)), port_(port) {}

Listener::~Listener() = default;

absl::StatusOr<std::unique_ptr<Listener>> Listener::Open(ListenOptions options,
                                                         std::vector<Place> places) {
  MOLVA_CHECK(places.size() <= Sid::kMostShards, "a sid names one of 256 shards");
  MOLVA_CHECK(options.is_valid_api_key != nullptr, "a listener needs to know the API keys");
  MOLVA_ASSIGN_OR_RETURN(ListeningSockets sockets,
                         ListeningSockets::Open(options.address, places.size(), options.unix_mode));
  std::unique_ptr<Listener> listener(new Listener(std::move(options), sockets.port()));
  const ListenOptions& kept = listener->options_;
  const Listener* self = listener.get();
  const std::vector<int> descriptors = sockets.Release();
  const auto ring = std::make_shared<LongPollHost::Ring>();
  for (std::size_t i = 0; i < places.size(); ++i) {
    ShardDoor::Setup setup;
    const auto has_room = [self] {
      return self->SumOf(&LoopCounters::sessions_live) < self->options_.max_sessions;
    };
    setup.rules = {.service = &kept.http,
                   .proxies = &kept.proxies,
                   .cors = &kept.cors,
                   .acceptor = places[i].acceptor,
                   .channels_path = kept.channels_path,
                   .long_poll_path = kept.channels_path + "/lp",
                   .long_poll = std::make_shared<LongPollHost>(
                       *places[i].shard, LongPollHost::Rules{places[i].acceptor, has_room, ring,
                                                             static_cast<int>(i)}),
                   .hooks = places[i].hooks,
                   .files = {.door = places[i].files,
                             .cors = &kept.cors,
                             .long_poll = nullptr,
                             .is_valid_api_key = kept.is_valid_api_key},
                   .is_valid_api_key = kept.is_valid_api_key,
                   .has_room_for_session = has_room};
    setup.rules.files.long_poll = setup.rules.long_poll;
    ring->push_back(setup.rules.long_poll);
    setup.limits = kept.limits;
    setup.tls = kept.tls;
    setup.has_room_for_connection = [self] {
      return self->SumOf(&LoopCounters::connections_live) <
             self->options_.max_sessions + kConnectionsBesideSessions;
    };
    listener->doors_.push_back(
        std::make_unique<ShardDoor>(*places[i].shard, descriptors[i], std::move(setup)));
  }
  return listener;
}

void Listener::Start() {
  for (const std::unique_ptr<ShardDoor>& door : doors_) {
    door->shard().Post([&door = *door] { door.Start(); });
  }
}

void Listener::StopAccepting() {
  OnEachShard(doors_, [](ShardDoor& door, auto done) {
    door.StopAccepting();
    done();
  });
}

void Listener::Shutdown(absl::Duration grace) {
  OnEachShard(doors_,
              [grace](ShardDoor& door, auto done) { door.Shutdown(grace, std::move(done)); });
}

void Listener::ReplaceTls(std::shared_ptr<const TlsContext> tls) {
  MOLVA_CHECK(options_.tls != nullptr && tls != nullptr, "a plain listener stays plain");
  for (const std::unique_ptr<ShardDoor>& door : doors_) {
    door->shard().Post([&door = *door, tls] { door.ReplaceTls(tls); });
  }
}

std::uint64_t Listener::SumOf(Counter LoopCounters::* counter) const {
  std::uint64_t sum = 0;
  for (const std::unique_ptr<ShardDoor>& door : doors_) sum += (door->counters().*counter).value();
  return sum;
}

Traffic Listener::traffic() const {
  Traffic total;
  for (const std::unique_ptr<ShardDoor>& door : doors_) door->counters().AddTo(total);
  return total;
}

}  // namespace molva::transport
