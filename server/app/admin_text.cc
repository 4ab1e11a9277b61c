#include "app/admin_text.h"

#include <molva/admin/v1/admin.pb.h>

#include <map>
#include <string>

namespace molva::app {
namespace {

namespace v1 = molva::admin::v1;

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// Leaves what is no time at all unset.
template <typename Owner>
void SetTime(absl::Time time, google::protobuf::Timestamp* (Owner::*field)(), Owner& out) {
  if (time == absl::InfinitePast() || time == absl::InfiniteFuture()) return;
  const std::int64_t nanos = absl::ToUnixNanos(time);
  google::protobuf::Timestamp& stamp = *(out.*field)();
  stamp.set_seconds(nanos / kNanosPerSecond);
  stamp.set_nanos(static_cast<std::int32_t>(nanos % kNanosPerSecond));
}

void Describe(const federation::Traffic& traffic, v1::Traffic& out) {
  out.set_frames(traffic.frames);
  out.set_bytes(traffic.bytes);
  out.set_batches(traffic.batches);
  out.set_items(traffic.items);
  out.set_statuses(traffic.statuses);
  out.set_notes(traffic.notes);
}

template <typename Map>
void Copy(const std::map<std::string, std::uint64_t>& counts, Map& out) {
  for (const auto& [word, count] : counts) out[word] = count;
}

}  // namespace

void Describe(const federation::PeerStats& peer, v1::Peer& out) {
  out.set_domain(peer.domain);
  out.set_state(std::string(federation::NameOf(peer.state)));
  out.set_endpoint(peer.endpoint);
  SetTime(peer.since, &v1::Peer::mutable_since, out);
  SetTime(peer.last_heard, &v1::Peer::mutable_last_heard, out);
  SetTime(peer.next_try, &v1::Peer::mutable_next_try, out);
  Describe(peer.in, *out.mutable_in());
  Describe(peer.out, *out.mutable_out());
  out.set_pending(peer.pending);
  out.set_over_quota(peer.over_quota);
  out.set_links(peer.links);
  out.set_dial_failures(peer.dial_failures);
  Copy(peer.refused, *out.mutable_refused());
  Copy(peer.refused_us, *out.mutable_refused_us());
  Copy(peer.byes, *out.mutable_byes());
  out.set_notes_dropped(peer.notes_dropped);
  out.set_throttled(peer.throttled);
  SetDuration(peer.round_trip, *out.mutable_round_trip());
  out.set_last_error(peer.last_error);
}

void Describe(const federation::PeerIdentity& identity, v1::Identity& out) {
  for (const federation::TimedKey& key : identity.keys) {
    v1::Key& row = *out.add_keys();
    row.set_key(key.key.ToString());
    SetTime(key.not_before, &v1::Key::mutable_not_before, row);
    SetTime(key.not_after, &v1::Key::mutable_not_after, row);
  }
  out.mutable_endpoints()->Add(identity.endpoints.begin(), identity.endpoints.end());
  out.set_source(std::string(federation::SourceName(identity.source)));
  out.set_document_number(identity.document_number);
  SetTime(identity.found_at, &v1::Identity::mutable_found_at, out);
}

void Describe(const session::AccountState& account, v1::ChangeUserReply& out) {
  out.set_user(account.user.ToString());
  const bool suspended = account.state == store::State::kSuspended;
  const bool deleted = account.state == store::State::kDeleted;
  out.set_state(deleted ? "deleted" : suspended ? "suspended" : "ok");
  if (account.level != model::AuthLevel::kNone) {
    out.set_level(std::string(model::AuthLevelName(account.level)));
  }
}

void SetDuration(absl::Duration duration, google::protobuf::Duration& out) {
  const std::int64_t nanos = absl::ToInt64Nanoseconds(duration);
  out.set_seconds(nanos / kNanosPerSecond);
  out.set_nanos(static_cast<std::int32_t>(nanos % kNanosPerSecond));
}

}  // namespace molva::app
