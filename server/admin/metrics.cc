#include "admin/metrics.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include "base/check.h"

namespace molva::admin {
namespace {

// Where a thread counts: its shard's slot, or the last one.
std::size_t SlotFor(int shard_index, int shards) {
  return static_cast<std::size_t>(shard_index >= 0 && shard_index < shards ? shard_index : shards);
}

// One writer per shard slot makes load and store enough; foreign threads share a slot.
template <typename T>
void Raise(std::atomic<T>& value, T n, bool shared) {
  if (shared) {
    value.fetch_add(n, std::memory_order_relaxed);
  } else {
    value.store(value.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }
}

bool IsMetricName(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::all_of(name.begin(), name.end(), allowed);
}

// Escapes backslash and line feed, and the quotation mark where the text stands in quotes.
std::string Escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\\' || c == '"') escaped += '\\';
    if (c == '\n') {
      escaped += "\\n";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

std::string RenderLabels(const Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    MOLVA_CHECK(IsMetricName(name), "a label has a bad name");
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, Escape(value));
  }
  return text;
}

std::string Number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

std::string Braced(const std::string& labels) {
  return labels.empty() ? std::string() : fmt::format("{{{}}}", labels);
}

void AppendHistogram(const std::string& name, const std::string& labels,
                     const std::vector<double>& bounds, const Histogram::Snapshot& seen,
                     std::string& out) {
  const std::string lead = labels.empty() ? std::string() : labels + ",";
  for (std::size_t i = 0; i < seen.counts.size(); ++i) {
    const double bound = i < bounds.size() ? bounds[i] : std::numeric_limits<double>::infinity();
    out += fmt::format("{}_bucket{{{}le=\"{}\"}} {}\n", name, lead, Number(bound), seen.counts[i]);
  }
  out += fmt::format("{}_sum{} {}\n", name, Braced(labels), Number(seen.sum));
  out += fmt::format("{}_count{} {}\n", name, Braced(labels), seen.counts.back());
}

}  // namespace

Counter::Counter(int shards)
    : shards_(shards), slots_(std::make_unique<Slot[]>(static_cast<std::size_t>(shards) + 1)) {}

void Counter::Add(int shard_index, std::uint64_t n) {
  const std::size_t slot = SlotFor(shard_index, shards_);
  Raise(slots_[slot].value, n, slot == static_cast<std::size_t>(shards_));
}

std::uint64_t Counter::Value() const {
  std::uint64_t sum = 0;
  for (int i = 0; i <= shards_; ++i) {
    sum += slots_[static_cast<std::size_t>(i)].value.load(std::memory_order_relaxed);
  }
  return sum;
}

Histogram::Histogram(int shards, std::vector<double> bounds)
    : shards_(shards),
      bounds_(std::move(bounds)),
      slots_(std::make_unique<Slot[]>(static_cast<std::size_t>(shards) + 1)) {
  MOLVA_CHECK(bounds_.size() <= kMaxBounds, "a histogram has too many bounds");
  MOLVA_CHECK(std::is_sorted(bounds_.begin(), bounds_.end()), "histogram bounds must ascend");
}

void Histogram::Observe(int shard_index, double value) {
  const std::size_t slot = SlotFor(shard_index, shards_);
  const bool shared = slot == static_cast<std::size_t>(shards_);
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  Raise(slots_[slot].counts[static_cast<std::size_t>(bucket)], std::uint64_t{1}, shared);
  Raise(slots_[slot].sum, value, shared);
}

Histogram::Snapshot Histogram::Read() const {
  Snapshot seen;
  seen.counts.resize(bounds_.size() + 1);
  for (std::size_t slot = 0; slot <= static_cast<std::size_t>(shards_); ++slot) {
    for (std::size_t i = 0; i < seen.counts.size(); ++i) {
      seen.counts[i] += slots_[slot].counts[i].load(std::memory_order_relaxed);
    }
    seen.sum += slots_[slot].sum.load(std::memory_order_relaxed);
  }
  for (std::size_t i = 1; i < seen.counts.size(); ++i) seen.counts[i] += seen.counts[i - 1];
  return seen;
}

Counter& MetricsRegistry::AddCounter(std::string_view name, std::string_view help,
                                     const Labels& labels) {
  runtime::MutexLock lock(mutex_);
  Counter& counter = counters_.emplace_back(shards_);
  Insert(name, help, Kind::kCounter, labels, Series{&counter, nullptr, nullptr});
  return counter;
}

Histogram& MetricsRegistry::AddHistogram(std::string_view name, std::string_view help,
                                         std::vector<double> bounds, const Labels& labels) {
  runtime::MutexLock lock(mutex_);
  Histogram& histogram = histograms_.emplace_back(shards_, std::move(bounds));
  Insert(name, help, Kind::kHistogram, labels, Series{nullptr, &histogram, nullptr});
  return histogram;
}

void MetricsRegistry::AddGauge(std::string_view name, std::string_view help, Read read,
                               const Labels& labels) {
  runtime::MutexLock lock(mutex_);
  Insert(name, help, Kind::kGauge, labels, Series{nullptr, nullptr, std::move(read)});
}

void MetricsRegistry::AddCounterView(std::string_view name, std::string_view help, Read read,
                                     const Labels& labels) {
  runtime::MutexLock lock(mutex_);
  Insert(name, help, Kind::kCounter, labels, Series{nullptr, nullptr, std::move(read)});
}

void MetricsRegistry::AddSeries(std::string_view name, std::string_view help, Kind kind,
                                ReadAll read) {
  runtime::MutexLock lock(mutex_);
  MOLVA_CHECK(kind != Kind::kHistogram, "a metric has a bad kind");
  InsertFamily(name, help, kind).read_all = std::move(read);
}

void MetricsRegistry::AddHistograms(std::string_view name, std::string_view help,
                                    std::vector<double> bounds, ReadHistograms read) {
  runtime::MutexLock lock(mutex_);
  Family& family = InsertFamily(name, help, Kind::kHistogram);
  family.bounds = std::move(bounds);
  family.read_histograms = std::move(read);
}

MetricsRegistry::Family& MetricsRegistry::InsertFamily(std::string_view name, std::string_view help,
                                                       Kind kind) {
  MOLVA_CHECK(IsMetricName(name), "a metric has a bad name");
  const auto [family, is_new] = families_.try_emplace(std::string(name));
  MOLVA_CHECK(is_new, "a metric was added twice");
  family->second.kind = kind;
  family->second.help = help;
  return family->second;
}

void MetricsRegistry::Insert(std::string_view name, std::string_view help, Kind kind,
                             const Labels& labels, Series series) {
  MOLVA_CHECK(IsMetricName(name), "a metric has a bad name");
  Family& family = families_[std::string(name)];
  MOLVA_CHECK(family.by_labels.empty() || family.kind == kind, "one metric of two kinds");
  MOLVA_CHECK(family.read_all == nullptr && family.read_histograms == nullptr,
              "a metric was added twice");
  family.kind = kind;
  family.help = help;
  const bool is_new = family.by_labels.emplace(RenderLabels(labels), std::move(series)).second;
  MOLVA_CHECK(is_new, "a metric was added twice");
}

void MetricsRegistry::AppendFamily(const std::string& name, const Family& family,
                                   std::string& out) {
  constexpr std::string_view kKinds[] = {"counter", "gauge", "histogram"};
  out += fmt::format("# HELP {} {}\n", name, Escape(family.help));
  out += fmt::format("# TYPE {} {}\n", name, kKinds[static_cast<int>(family.kind)]);
  if (family.read_all != nullptr) {
    for (const auto& [labels, value] : family.read_all()) {
      out += fmt::format("{}{} {}\n", name, Braced(RenderLabels(labels)), Number(value));
    }
  }
  if (family.read_histograms != nullptr) {
    for (const auto& [labels, seen] : family.read_histograms()) {
      AppendHistogram(name, RenderLabels(labels), family.bounds, seen, out);
    }
  }
  for (const auto& [labels, series] : family.by_labels) {
    if (series.histogram != nullptr) {
      AppendHistogram(name, labels, series.histogram->bounds(), series.histogram->Read(), out);
    } else if (series.counter != nullptr) {
      out += fmt::format("{}{} {}\n", name, Braced(labels), series.counter->Value());
    } else {
      out += fmt::format("{}{} {}\n", name, Braced(labels), Number(series.read()));
    }
  }
}

std::string MetricsRegistry::Expose() const {
  runtime::MutexLock lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) AppendFamily(name, family, out);
  return out;
}

}  // namespace molva::admin
