// What the node knows of its peers and accounts, as messages of the admin socket. Private to
// admin_service.
#pragma once

#include <absl/time/time.h>

#include "federation/discovery/peer_identity.h"
#include "federation/peer/peer_stats.h"
#include "session/account_desk.h"

namespace google::protobuf {
class Duration;
}
namespace molva::admin::v1 {
class ChangeUserReply;
class Identity;
class Peer;
}  // namespace molva::admin::v1

namespace molva::app {

void Describe(const federation::PeerStats& peer, molva::admin::v1::Peer& out);
void Describe(const federation::PeerIdentity& identity, molva::admin::v1::Identity& out);
void Describe(const session::AccountState& account, molva::admin::v1::ChangeUserReply& out);
void SetDuration(absl::Duration duration, google::protobuf::Duration& out);

}  // namespace molva::app
