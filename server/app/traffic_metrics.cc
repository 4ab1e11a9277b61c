#include "app/traffic_metrics.h"

#include <cstdint>
#include <string_view>

namespace molva::app {
namespace {

enum class Kind { kTotal, kNow };

struct Figure {
  std::string_view name;
  std::string_view help;
  Kind kind;
  std::uint64_t transport::Traffic::* value;
};

using transport::Traffic;
constexpr Figure kFigures[] = {
    {"molva_connections_total", "Connections accepted.", Kind::kTotal,
     &Traffic::connections_accepted},
    {"molva_connections", "Connections open now.", Kind::kNow, &Traffic::connections_live},
    {"molva_sessions_total", "Sessions opened.", Kind::kTotal, &Traffic::sessions_opened},
    {"molva_sessions", "Sessions open now.", Kind::kNow, &Traffic::sessions_live},
    {"molva_long_poll_sessions", "Of the sessions open now, those by long polling.", Kind::kNow,
     &Traffic::polling_sessions_live},
    {"molva_requests_total", "Packets received from clients.", Kind::kTotal, &Traffic::messages_in},
    {"molva_packets_sent_total", "Packets written to clients.", Kind::kTotal, &Traffic::frames_out},
    {"molva_received_bytes_total", "Bytes received.", Kind::kTotal, &Traffic::bytes_in},
    {"molva_sent_bytes_total", "Bytes sent.", Kind::kTotal, &Traffic::bytes_out},
    {"molva_dropped_packets_total", "Presence and typing left out for slow clients.", Kind::kTotal,
     &Traffic::frames_dropped},
    {"molva_overflows_total", "Clients disconnected because they did not read.", Kind::kTotal,
     &Traffic::overflows},
    {"molva_accept_errors_total", "Connections that could not be accepted.", Kind::kTotal,
     &Traffic::accept_errors},
    {"molva_queued_bytes", "Bytes waiting to be written.", Kind::kNow, &Traffic::queued_bytes},
};

}  // namespace

void AddTrafficMetrics(admin::MetricsRegistry& metrics, const std::string& transport,
                       const std::function<transport::Traffic()>& read) {
  const admin::Labels labels = {{"transport", transport}};
  for (const Figure& figure : kFigures) {
    admin::MetricsRegistry::Read value = [read, member = figure.value] {
      return static_cast<double>(read().*member);
    };
    if (figure.kind == Kind::kTotal) {
      metrics.AddCounterView(figure.name, figure.help, std::move(value), labels);
    } else {
      metrics.AddGauge(figure.name, figure.help, std::move(value), labels);
    }
  }
}

}  // namespace molva::app
