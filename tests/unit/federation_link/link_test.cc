#include <string>
#include <vector>

#include "tests/unit/federation_link/link_bench.h"

namespace molva::federation {
namespace {

constexpr int kManyFrames = 2'000;
// More than a full pipe and all that lies between two ends.
constexpr int kStuffing = 64;

TEST_CASE("frames arrive whole and in order, both ways", "[link]") {
  LinkBench bench;
  bench.Connect();
  for (int i = 0; i < kManyFrames; ++i) {
    bench.near_end.Send("to far " + std::to_string(i));
    bench.far_end.Send("to near " + std::to_string(i));
  }
  REQUIRE(bench.far_end.WaitForFrames(kManyFrames + 1));
  REQUIRE(bench.near_end.WaitForFrames(kManyFrames));
  const std::vector<std::string> far = bench.far_end.frames();
  const std::vector<std::string> near = bench.near_end.frames();
  CHECK(far[0] == "hello");
  for (std::size_t i = 0; i < kManyFrames; ++i) {
    REQUIRE(far[i + 1] == "to far " + std::to_string(i));
    REQUIRE(near[i] == "to near " + std::to_string(i));
  }
}

TEST_CASE("each side hears the key with which the other has authenticated itself", "[link]") {
  LinkBench bench;
  bench.Connect();
  CHECK(bench.far_end.PeerKey() == bench.near_key.public_key());
  CHECK(bench.near_end.PeerKey() == bench.far_key.public_key());
}

TEST_CASE("a server with another key is refused, and said to be so", "[link]") {
  LinkBench bench;
  const ServerKey other = LinkBench::Fresh();
  CHECK(absl::IsUnauthenticated(bench.Dial({other.public_key()})));
  CHECK(absl::IsUnauthenticated(bench.Dial({})));
  CHECK_FALSE(bench.near_end.HasPipe());
  CHECK(bench.listener().accepted() == 0);
  SECTION("one of several keys is enough") {
    CHECK(bench.Dial({other.public_key(), bench.far_key.public_key()}).ok());
  }
}

TEST_CASE("endpoints are tried in order until one answers", "[link]") {
  LinkBench bench;
  const std::string silent = "127.0.0.1:1";
  CHECK(bench.Dial({bench.far_key.public_key()}, {silent, bench.endpoint()}).ok());
}

TEST_CASE("where nobody answers the dial says so", "[link]") {
  LinkBench bench;
  CHECK(absl::IsUnavailable(bench.Dial({bench.far_key.public_key()}, {"127.0.0.1:1"})));
  CHECK(absl::IsUnavailable(bench.Dial({bench.far_key.public_key()}, {})));
  CHECK(absl::IsUnavailable(bench.Dial({bench.far_key.public_key()}, {"no port, no host"})));
}

TEST_CASE("addresses that are not public are dialled only if the node is told so", "[link]") {
  LinkBench bench({}, AddressRule::kPublicOnly);
  const std::string port = bench.endpoint().substr(bench.endpoint().rfind(':'));
  for (const std::string host : {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"}) {
    INFO(host);
    CHECK(absl::IsUnavailable(bench.Dial({bench.far_key.public_key()}, {host + port})));
  }
  CHECK(bench.listener().accepted() == 0);
}

TEST_CASE("a key that was changed is shown by the next link", "[link]") {
  LinkBench bench;
  const ServerKey fresh = LinkBench::Fresh();
  bench.dialer().SetKey(fresh);
  bench.Connect();
  CHECK(bench.far_end.PeerKey() == fresh.public_key());
}

TEST_CASE("the longest frame passes", "[link]") {
  LinkBench bench;
  bench.Connect();
  bench.near_end.Send(std::string(kMaxFrameBytes, 'x'));
  bench.far_end.Send(std::string(kMaxFrameBytes, 'y'));
  REQUIRE(bench.far_end.WaitForFrames(2));
  REQUIRE(bench.near_end.WaitForFrames(1));
  CHECK(bench.far_end.frames()[1] == std::string(kMaxFrameBytes, 'x'));
  CHECK(bench.near_end.frames()[0] == std::string(kMaxFrameBytes, 'y'));
}

TEST_CASE("a longer frame ends its link, whichever side sends it", "[link]") {
  LinkBench bench;
  bench.Connect();
  SECTION("from the dialling side") {
    bench.near_end.Send(std::string(kMaxFrameBytes + 1, 'x'));
    CHECK(absl::IsInvalidArgument(bench.far_end.WaitForClosed()));
    CHECK_FALSE(bench.near_end.WaitForClosed().ok());
    CHECK(bench.far_end.frame_count() == 1);
  }
  SECTION("from the accepting side") {
    bench.far_end.Send(std::string(kMaxFrameBytes + 1, 'x'));
    CHECK(absl::IsInvalidArgument(bench.near_end.WaitForClosed()));
    CHECK_FALSE(bench.far_end.WaitForClosed().ok());
    CHECK(bench.near_end.frame_count() == 0);
  }
  SECTION("far longer, to the dialling side, where gRPC refuses it") {
    bench.far_end.Send(std::string(8 * kMaxFrameBytes, 'x'));
    CHECK(absl::IsInvalidArgument(bench.near_end.WaitForClosed()));
  }
  SECTION("far longer, to the accepting side, where gRPC refuses it") {
    bench.near_end.Send(std::string(8 * kMaxFrameBytes, 'x'));
    CHECK_FALSE(bench.far_end.WaitForClosed().ok());
  }
}

TEST_CASE("what was sent before a close arrives, then both sides hear why", "[link]") {
  LinkBench bench;
  bench.Connect();
  SECTION("closed by the dialling side") {
    for (int i = 0; i < 100; ++i) bench.near_end.Send("frame");
    bench.near_end.Close();
    CHECK(bench.near_end.WaitForClosed().ok());
    CHECK(absl::IsCancelled(bench.far_end.WaitForClosed()));
    CHECK(bench.far_end.frame_count() == 101);
  }
  SECTION("closed by the accepting side") {
    for (int i = 0; i < 100; ++i) bench.far_end.Send("frame");
    bench.far_end.Close();
    CHECK(bench.far_end.WaitForClosed().ok());
    CHECK(absl::IsCancelled(bench.near_end.WaitForClosed()));
    CHECK(bench.near_end.frame_count() == 100);
  }
  SECTION("closed by both") {
    bench.far_end.Close();
    bench.near_end.Close();
    CHECK(bench.far_end.WaitForClosed().code() != absl::StatusCode::kInternal);
    CHECK(bench.near_end.WaitForClosed().code() != absl::StatusCode::kInternal);
  }
}

TEST_CASE("a pipe that is destroyed cuts its link", "[link]") {
  LinkBench bench;
  bench.Connect();
  SECTION("on the dialling side") {
    bench.near_end.Drop();
    CHECK_FALSE(bench.far_end.WaitForClosed().ok());
  }
  SECTION("on the accepting side") {
    bench.far_end.Drop();
    CHECK_FALSE(bench.near_end.WaitForClosed().ok());
  }
}

TEST_CASE("a link that nobody wants is closed", "[link]") {
  LinkBench bench;
  bench.acceptor.RefuseAll();
  REQUIRE(bench.Dial({bench.far_key.public_key()}).ok());
  bench.near_end.Send("hello");
  CHECK(absl::IsCancelled(bench.near_end.WaitForClosed()));
}

TEST_CASE("a listener that goes breaks its links", "[link]") {
  LinkBench bench;
  bench.Connect();
  bench.StopListening();
  CHECK(absl::IsUnavailable(bench.near_end.WaitForClosed()));
  CHECK(absl::IsUnavailable(bench.far_end.WaitForClosed()));
}

TEST_CASE("who does not read makes the other side wait, and nothing is lost", "[link]") {
  LinkBench bench;
  bench.Connect();
  bench.far_end.Pause();
  const std::string frame(kMaxFrameBytes / 4, 'x');
  int sent = 0;
  while (sent < kStuffing &&
         bench.near_end.Send(frame + std::to_string(sent)) == Pipe::Room::kFree) {
    ++sent;
  }
  ++sent;  // the last one is queued all the same
  REQUIRE(sent < kStuffing);
  CHECK(bench.far_end.frame_count() == 1);
  bench.far_end.Resume();
  CHECK(bench.near_end.WaitForWritable());
  REQUIRE(bench.far_end.WaitForFrames(static_cast<std::size_t>(sent) + 1));
  const std::vector<std::string> frames = bench.far_end.frames();
  for (int i = 0; i < sent; ++i) {
    REQUIRE(frames[static_cast<std::size_t>(i) + 1] == frame + std::to_string(i));
  }
}

TEST_CASE("what is queued for a peer that does not read is bounded", "[link]") {
  LinkBench bench;
  bench.Connect();
  bench.far_end.Pause();
  for (int i = 0; i < 40; ++i) bench.near_end.Send(std::string(kMaxFrameBytes, 'x'));
  CHECK(absl::IsDeadlineExceeded(bench.near_end.WaitForClosed()));
}

TEST_CASE("a link without a first frame is cut", "[link]") {
  LinkLimits limits;
  limits.first_frame_timeout = absl::Milliseconds(200);
  LinkBench bench(limits);
  REQUIRE(bench.Dial({bench.far_key.public_key()}).ok());
  CHECK(absl::IsUnavailable(bench.near_end.WaitForClosed()));
  CHECK_FALSE(bench.far_end.HasPipe());
  CHECK(bench.listener().refused() == 1);
}

TEST_CASE("more links from one address than allowed are refused", "[link]") {
  LinkLimits limits;
  limits.max_links_per_address = 1;
  LinkBench bench(limits);
  bench.Connect();
  RecordedEnd second(bench.near_shard);
  std::promise<void> dialled;
  bench.near_shard.Post([&] {
    bench.dialer().Dial(bench.near_shard, {bench.endpoint()}, {bench.far_key.public_key()}, second,
                        [&](absl::StatusOr<std::unique_ptr<Pipe>> pipe) {
                          if (pipe.ok()) second.Hold(std::move(*pipe));
                          dialled.set_value();
                        });
  });
  dialled.get_future().wait();
  const absl::Status why = second.WaitForClosed();
  CHECK(absl::IsUnavailable(why));
  CHECK(why.ToString().find("too many links") != std::string::npos);
  CHECK(bench.listener().refused() == 1);
}

}  // namespace
}  // namespace molva::federation
