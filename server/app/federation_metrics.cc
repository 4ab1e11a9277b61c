#include "app/federation_metrics.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace molva::app {
namespace {

using admin::MetricsRegistry;
using federation::PeerStats;

// A number of a peer.
struct Figure {
  std::string_view name;
  std::string_view help;
  MetricsRegistry::Kind kind;
  double (*read)(const PeerStats& peer);
};

constexpr MetricsRegistry::Kind kTotal = MetricsRegistry::Kind::kCounter;
constexpr MetricsRegistry::Kind kNow = MetricsRegistry::Kind::kGauge;

template <typename T>
double Number(T value) {
  return static_cast<double>(value);
}

constexpr Figure kFigures[] = {
    {"molva_peer_up", "Whether the link is up.", kNow,
     [](const PeerStats& peer) { return peer.state == federation::LinkState::kUp ? 1.0 : 0.0; }},
    {"molva_peer_pending", "Entries that the peer has not acknowledged.", kNow,
     [](const PeerStats& peer) { return Number(peer.pending); }},
    {"molva_peer_round_trip_seconds", "Of the last heart-beat.", kNow,
     [](const PeerStats& peer) { return absl::ToDoubleSeconds(peer.round_trip); }},
    {"molva_peer_links_total", "How often a link came up.", kTotal,
     [](const PeerStats& peer) { return Number(peer.links); }},
    {"molva_peer_dial_failures_total", "Dials without a link.", kTotal,
     [](const PeerStats& peer) { return Number(peer.dial_failures); }},
    {"molva_peer_throttled_total", "Calls, notes and statuses over the peer's rate.", kTotal,
     [](const PeerStats& peer) { return Number(peer.throttled); }},
    {"molva_peer_notes_dropped_total", "Typing and receipts left out for a slow peer.", kTotal,
     [](const PeerStats& peer) { return Number(peer.notes_dropped); }},
};

// A number of what came from a peer and went to it.
struct Flow {
  std::string_view name;
  std::string_view help;
  std::uint64_t federation::Traffic::* value;
};

constexpr Flow kFlows[] = {
    {"molva_peer_frames_total", "Frames of the link.", &federation::Traffic::frames},
    {"molva_peer_bytes_total", "Bytes of frames.", &federation::Traffic::bytes},
    {"molva_peer_batches_total", "Signed batches.", &federation::Traffic::batches},
    {"molva_peer_items_total", "Events and proposals.", &federation::Traffic::items},
    {"molva_peer_statuses_total", "Changes of presence.", &federation::Traffic::statuses},
    {"molva_peer_notes_total", "Typing and receipts.", &federation::Traffic::notes},
};

// What is counted by a word.
struct Tally {
  std::string_view name;
  std::string_view help;
  std::map<std::string, std::uint64_t> PeerStats::* counts;
};

constexpr Tally kTallies[] = {
    {"molva_peer_refused_total", "Entries and frames of the peer that were not taken.",
     &PeerStats::refused},
    {"molva_peer_refused_by_peer_total", "Entries that the peer did not take.",
     &PeerStats::refused_us},
    {"molva_peer_byes_total", "Links ended by either side.", &PeerStats::byes},
};

void AddFigures(MetricsRegistry& metrics, const federation::Peers& peers) {
  for (const Figure& figure : kFigures) {
    metrics.AddSeries(figure.name, figure.help, figure.kind, [&peers, read = figure.read] {
      MetricsRegistry::SeriesList list;
      for (const PeerStats& peer : peers.Snapshot()) {
        list.emplace_back(admin::Labels{{"peer", peer.domain}}, read(peer));
      }
      return list;
    });
  }
}

void AddFlows(MetricsRegistry& metrics, const federation::Peers& peers) {
  for (const Flow& flow : kFlows) {
    metrics.AddSeries(flow.name, flow.help, kTotal, [&peers, value = flow.value] {
      MetricsRegistry::SeriesList list;
      for (const PeerStats& peer : peers.Snapshot()) {
        list.emplace_back(admin::Labels{{"peer", peer.domain}, {"direction", "in"}},
                          Number(peer.in.*value));
        list.emplace_back(admin::Labels{{"peer", peer.domain}, {"direction", "out"}},
                          Number(peer.out.*value));
      }
      return list;
    });
  }
}

void AddTallies(MetricsRegistry& metrics, const federation::Peers& peers) {
  for (const Tally& tally : kTallies) {
    metrics.AddSeries(tally.name, tally.help, kTotal, [&peers, counts = tally.counts] {
      MetricsRegistry::SeriesList list;
      for (const PeerStats& peer : peers.Snapshot()) {
        for (const auto& [word, count] : peer.*counts) {
          list.emplace_back(admin::Labels{{"peer", peer.domain}, {"reason", word}}, Number(count));
        }
      }
      return list;
    });
  }
}

}  // namespace

void AddFederationMetrics(MetricsRegistry& metrics, const federation::Peers& peers) {
  AddFigures(metrics, peers);
  AddFlows(metrics, peers);
  AddTallies(metrics, peers);
}

}  // namespace molva::app
