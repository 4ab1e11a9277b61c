// What the node knows of its peers, as messages of the admin socket. Private to admin_service.
#pragma once

#include <absl/time/time.h>

#include "federation/discovery/peer_identity.h"
#include "federation/peer/peer_stats.h"

namespace google::protobuf {
class Duration;
}
namespace molva::admin::v1 {
class Identity;
class Peer;
}  // namespace molva::admin::v1

namespace molva::app {

void Describe(const federation::PeerStats& peer, molva::admin::v1::Peer& out);
void Describe(const federation::PeerIdentity& identity, molva::admin::v1::Identity& out);
void SetDuration(absl::Duration duration, google::protobuf::Duration& out);

}  // namespace molva::app
