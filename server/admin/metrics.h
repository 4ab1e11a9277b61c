// Counters, gauges and histograms of the node, and their Prometheus text form.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/functional/any_invocable.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "runtime/mutex.h"

namespace molva::admin {

// The shard index for threads that are no shard (gRPC, pools, plugins).
inline constexpr int kForeignThread = -1;

// Two slots never share a cache line, so that shards do not slow each other down.
inline constexpr std::size_t kCacheLineBytes = 64;

// A number that only grows.
//
// Thread: Add(i, …) from shard i's own thread only; Add(kForeignThread, …) and Value() from any.
// Cost:   an uncontended load and store; no lock prefix on a shard.
class Counter {
 public:
  explicit Counter(int shards);
  void Add(int shard_index, std::uint64_t n = 1);
  std::uint64_t Value() const;

 private:
  struct alignas(kCacheLineBytes) Slot {
    std::atomic<std::uint64_t> value{0};
  };
  int shards_;
  std::unique_ptr<Slot[]> slots_;  // one per shard, the last for foreign threads
};

// How often observed values fell below each of a few bounds, and their sum.
//
// Thread: as Counter.
class Histogram {
 public:
  static constexpr std::size_t kMaxBounds = 23;

  // `bounds` ascend and are at most kMaxBounds; the last bucket, above all of them, is implied.
  Histogram(int shards, std::vector<double> bounds);
  void Observe(int shard_index, double value);

  struct Snapshot {
    std::vector<std::uint64_t> counts;  // cumulative, one per bound and one for +Inf
    double sum = 0;
  };
  Snapshot Read() const;
  const std::vector<double>& bounds() const { return bounds_; }

 private:
  struct alignas(kCacheLineBytes) Slot {
    std::atomic<double> sum{0};
    std::array<std::atomic<std::uint64_t>, kMaxBounds + 1> counts{};
  };
  int shards_;
  std::vector<double> bounds_;
  std::unique_ptr<Slot[]> slots_;
};

// Names and values that tell series of one family apart: {{"transport", "grpc"}}.
using Labels = std::vector<std::pair<std::string, std::string>>;

// All metrics of the process, by family.
//
// Thread: any. Adding and exposing take a mutex; counting does not.
// Owns:   the metrics; references stay good as long as the registry lives.
// Errors: a name that Prometheus would refuse, a series added twice, or one family with two kinds
//         is our bug and aborts.
class MetricsRegistry {
 public:
  explicit MetricsRegistry(int shards) : shards_(shards) {}

  Counter& AddCounter(std::string_view name, std::string_view help, const Labels& labels = {});
  Histogram& AddHistogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                          const Labels& labels = {});
  // `read` is called at each exposure, from any thread, under the registry's mutex: it must be
  // quick and must not come back here. It must stay callable as long as the registry lives.
  using Read = absl::AnyInvocable<double() const>;
  void AddGauge(std::string_view name, std::string_view help, Read read, const Labels& labels = {});
  // A counter that is kept elsewhere, by a module below this one.
  void AddCounterView(std::string_view name, std::string_view help, Read read,
                      const Labels& labels = {});

  // A family whose series come and go, as those of peers: `read`, under the same rules, tells all
  // of them at each exposure. Its names must be nobody else's.
  enum class Kind { kCounter, kGauge, kHistogram };
  using SeriesList = std::vector<std::pair<Labels, double>>;
  using ReadAll = absl::AnyInvocable<SeriesList() const>;
  void AddSeries(std::string_view name, std::string_view help, Kind kind, ReadAll read);
  // The same of histograms; their counts go with `bounds` and one for +Inf.
  using HistogramList = std::vector<std::pair<Labels, Histogram::Snapshot>>;
  using ReadHistograms = absl::AnyInvocable<HistogramList() const>;
  void AddHistograms(std::string_view name, std::string_view help, std::vector<double> bounds,
                     ReadHistograms read);

  // Prometheus text format 0.0.4, families in order of their names.
  std::string Expose() const;
  static constexpr std::string_view kContentType = "text/plain; version=0.0.4; charset=utf-8";

 private:
  struct Series {
    Counter* counter = nullptr;
    Histogram* histogram = nullptr;
    Read read;
  };
  struct Family {
    Kind kind = Kind::kCounter;
    std::string help;
    std::map<std::string, Series> by_labels;  // rendered labels without braces
    ReadAll read_all;                         // instead of by_labels
    ReadHistograms read_histograms;           // likewise
    std::vector<double> bounds;               // of read_histograms
  };
  Family& InsertFamily(std::string_view name, std::string_view help, Kind kind)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Insert(std::string_view name, std::string_view help, Kind kind, const Labels& labels,
              Series series) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void AppendFamily(const std::string& name, const Family& family, std::string& out);

  const int shards_;
  mutable runtime::Mutex mutex_;
  std::map<std::string, Family, std::less<>> families_ ABSL_GUARDED_BY(mutex_);
  std::deque<Counter> counters_ ABSL_GUARDED_BY(mutex_);
  std::deque<Histogram> histograms_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace molva::admin
