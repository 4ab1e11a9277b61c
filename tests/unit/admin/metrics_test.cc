// What the node counts, and how it shows it.
#include "admin/metrics.h"

#include <string>
#include <thread>
#include <vector>

#include "tests/support/catch.h"

namespace molva::admin {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;

TEST_CASE("a counter adds up what every shard and every foreign thread counted", "[metrics]") {
  Counter counter(2);
  std::vector<std::thread> threads;
  for (const int shard : {0, 1, kForeignThread, kForeignThread}) {
    threads.emplace_back([&counter, shard] {
      for (int i = 0; i < 10'000; ++i) counter.Add(shard, 3);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(counter.Value() == 4 * 10'000 * 3);
}

TEST_CASE("a shard index beyond the shards counts as a foreign thread", "[metrics]") {
  Counter counter(1);
  counter.Add(7, 5);
  CHECK(counter.Value() == 5);
}

TEST_CASE("a histogram puts a value on a bound into the bucket of that bound", "[metrics]") {
  Histogram histogram(1, {1, 10});
  histogram.Observe(0, 1);
  histogram.Observe(0, 1.5);
  histogram.Observe(kForeignThread, 100);
  const Histogram::Snapshot seen = histogram.Read();
  CHECK(seen.counts == std::vector<std::uint64_t>{1, 2, 3});
  CHECK(seen.sum == Approx(102.5));
}

TEST_CASE("the exposition lists families by name, each with help, type and its series",
          "[metrics]") {
  MetricsRegistry registry(1);
  registry.AddCounter("molva_sent_total", "Packets sent.", {{"transport", "grpc"}}).Add(0, 2);
  registry.AddCounter("molva_sent_total", "Packets sent.", {{"transport", "ws"}}).Add(0, 7);
  registry.AddGauge("molva_sessions", "Open sessions.", [] { return 3.0; });
  CHECK(registry.Expose() ==
        "# HELP molva_sent_total Packets sent.\n"
        "# TYPE molva_sent_total counter\n"
        "molva_sent_total{transport=\"grpc\"} 2\n"
        "molva_sent_total{transport=\"ws\"} 7\n"
        "# HELP molva_sessions Open sessions.\n"
        "# TYPE molva_sessions gauge\n"
        "molva_sessions 3\n");
}

TEST_CASE("a histogram is exposed with cumulative buckets, sum and count", "[metrics]") {
  MetricsRegistry registry(1);
  Histogram& histogram =
      registry.AddHistogram("molva_commit_seconds", "Commits.", {0.5, 1}, {{"kind", "a"}});
  histogram.Observe(0, 0.25);
  histogram.Observe(0, 2);
  CHECK_THAT(registry.Expose(), Contains("molva_commit_seconds_bucket{kind=\"a\",le=\"0.5\"} 1\n"
                                         "molva_commit_seconds_bucket{kind=\"a\",le=\"1\"} 1\n"
                                         "molva_commit_seconds_bucket{kind=\"a\",le=\"+Inf\"} 2\n"
                                         "molva_commit_seconds_sum{kind=\"a\"} 2.25\n"
                                         "molva_commit_seconds_count{kind=\"a\"} 2\n"));
}

TEST_CASE("quotation marks, backslashes and line feeds in a label are escaped", "[metrics]") {
  MetricsRegistry registry(1);
  registry.AddCounter("molva_odd_total", "Odd.", {{"path", "a\"b\\c\nd"}});
  CHECK_THAT(registry.Expose(), Contains("{path=\"a\\\"b\\\\c\\nd\"} 0\n"));
}

TEST_CASE("a counter that is kept elsewhere is read at each exposure", "[metrics]") {
  MetricsRegistry registry(1);
  double kept = 1;
  registry.AddCounterView("molva_kept_total", "Kept.", [&kept] { return kept; });
  CHECK_THAT(registry.Expose(), Contains("molva_kept_total 1\n"));
  kept = 2;
  CHECK_THAT(registry.Expose(), Contains("molva_kept_total 2\n"));
}

TEST_CASE("series that come and go are exposed as they are at the moment", "[metrics]") {
  MetricsRegistry registry(1);
  MetricsRegistry::SeriesList peers;
  registry.AddSeries("molva_peer_up", "Up.", MetricsRegistry::Kind::kGauge,
                     [&peers] { return peers; });
  CHECK_THAT(registry.Expose(), EndsWith("# TYPE molva_peer_up gauge\n"));
  peers = {{{{"peer", "a.example"}}, 1}, {{{"peer", "b.example"}}, 0}};
  CHECK_THAT(registry.Expose(), Contains("molva_peer_up{peer=\"a.example\"} 1\n"
                                         "molva_peer_up{peer=\"b.example\"} 0\n"));
  peers.pop_back();
  CHECK_THAT(registry.Expose(), !Contains("b.example"));
}

TEST_CASE("histograms that are kept elsewhere are exposed as they are at the moment", "[metrics]") {
  MetricsRegistry registry(1);
  MetricsRegistry::HistogramList calls;
  registry.AddHistograms("molva_call_seconds", "Calls.", {0.5, 1}, [&calls] { return calls; });
  CHECK_THAT(registry.Expose(), EndsWith("# TYPE molva_call_seconds histogram\n"));
  calls = {{{{"call", "open"}}, {{1, 1, 2}, 2.25}}};
  CHECK_THAT(registry.Expose(), Contains("molva_call_seconds_bucket{call=\"open\",le=\"0.5\"} 1\n"
                                         "molva_call_seconds_bucket{call=\"open\",le=\"1\"} 1\n"
                                         "molva_call_seconds_bucket{call=\"open\",le=\"+Inf\"} 2\n"
                                         "molva_call_seconds_sum{call=\"open\"} 2.25\n"
                                         "molva_call_seconds_count{call=\"open\"} 2\n"));
}

}  // namespace
}  // namespace molva::admin
