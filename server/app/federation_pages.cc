#include "app/federation_pages.h"

#include <utility>

#include "federation/discovery/well_known.h"

namespace molva::app {

void AddFederationPages(transport::HttpService& pages, std::function<std::string()> document) {
  pages.Handle(federation::kWellKnownPath,
               [document = std::move(document)](const transport::HttpRequest&) {
                 transport::HttpResponse response;
                 response.content_type = "application/json";
                 response.body = document();
                 // A rotation should show soon; who fetches often asks for nothing new.
                 response.headers.emplace_back("Cache-Control", "max-age=300");
                 return response;
               });
}

}  // namespace molva::app
