#include "app/operator_pages.h"

#include <string>

namespace molva::app {
namespace {

constexpr int kOk = 200;
constexpr int kServiceUnavailable = 503;

transport::HttpResponse ShowReadiness(const admin::HealthBoard& health,
                                      const transport::HttpRequest& request) {
  const admin::HealthReport report = health.Ready();
  transport::HttpResponse response;
  response.status = report.ok() ? kOk : kServiceUnavailable;
  if (request.QueryValue("format") == "json") {
    response.content_type = "application/json";
    response.body = report.ToJson();
  } else {
    response.body = report.ToText();
  }
  return response;
}

}  // namespace

transport::HttpService OperatorPages(const admin::HealthBoard& health,
                                     const admin::MetricsRegistry& metrics) {
  transport::HttpService pages;
  // That the shard answers at all is the message.
  pages.Handle("/livez", [](const transport::HttpRequest&) {
    transport::HttpResponse response;
    response.body = "alive\n";
    return response;
  });
  pages.Handle("/readyz", [&health](const transport::HttpRequest& request) {
    return ShowReadiness(health, request);
  });
  pages.Handle("/metrics", [&metrics](const transport::HttpRequest&) {
    transport::HttpResponse response;
    response.content_type = std::string(admin::MetricsRegistry::kContentType);
    response.body = metrics.Expose();
    return response;
  });
  return pages;
}

}  // namespace molva::app
