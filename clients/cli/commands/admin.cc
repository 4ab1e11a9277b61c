// molva admin: what the operator asks of a node on this machine.
#include <absl/time/clock.h>
#include <absl/time/time.h>
#include <fmt/core.h>

#include <array>

#include "clients/cli/admin_link.h"
#include "clients/cli/commands.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace admin = molva::admin::v1;

constexpr std::int64_t kMillisPerSecond = 1000;
constexpr std::int64_t kNanosPerMilli = 1'000'000;

// 0 if there is none.
std::int64_t MillisOf(const google::protobuf::Timestamp& time) {
  return time.seconds() * kMillisPerSecond + time.nanos() / kNanosPerMilli;
}

double SecondsOf(const google::protobuf::Duration& duration) {
  return absl::ToDoubleSeconds(absl::Seconds(duration.seconds()) +
                               absl::Nanoseconds(duration.nanos()));
}

JsonObject TrafficObject(const admin::Traffic& traffic) {
  return JsonObject()
      .Number("frames", static_cast<std::int64_t>(traffic.frames()))
      .Number("bytes", static_cast<std::int64_t>(traffic.bytes()))
      .Number("items", static_cast<std::int64_t>(traffic.items()))
      .Number("batches", static_cast<std::int64_t>(traffic.batches()))
      .Number("statuses", static_cast<std::int64_t>(traffic.statuses()))
      .Number("notes", static_cast<std::int64_t>(traffic.notes()));
}

template <typename Counts>
std::string CountsObject(const Counts& counts) {
  JsonObject object;
  for (const auto& [word, count] : counts) object.Number(word, static_cast<std::int64_t>(count));
  return object.Line();
}

JsonObject PeerObject(const admin::Peer& peer) {
  return JsonObject()
      .Text("domain", peer.domain())
      .Text("state", peer.state())
      .OptionalText("endpoint", peer.endpoint())
      .Time("since", MillisOf(peer.since()))
      .Time("last_heard", MillisOf(peer.last_heard()))
      .Time("next_try", MillisOf(peer.next_try()))
      .Number("pending", peer.pending())
      .Flag("over_quota", peer.over_quota())
      .Number("links", static_cast<std::int64_t>(peer.links()))
      .Number("dial_failures", static_cast<std::int64_t>(peer.dial_failures()))
      .Raw("in", TrafficObject(peer.in()).Line())
      .Raw("out", TrafficObject(peer.out()).Line())
      .Raw("refused", CountsObject(peer.refused()))
      .Raw("refused_by_peer", CountsObject(peer.refused_us()))
      .Raw("byes", CountsObject(peer.byes()))
      .OptionalText("last_error", peer.last_error());
}

std::string StateText(const Printer& printer, const admin::Peer& peer) {
  if (peer.state() == "up") return printer.Paint(Colour::kGreen, "up");
  const std::int64_t next = MillisOf(peer.next_try());
  if (next == 0) return printer.Paint(Colour::kDim, peer.state());
  return printer.Paint(
      Colour::kYellow,
      fmt::format("{}, next try {}", peer.state(),
                  absl::FormatTime("%H:%M:%S", absl::FromUnixMillis(next), absl::LocalTimeZone())));
}

absl::Status List(Context& context, AdminLink& link) {
  MOLVA_ASSIGN_OR_RETURN(const admin::ListPeersReply reply,
                         link.Call(&admin::Admin::Stub::ListPeers, admin::ListPeersRequest()));
  if (reply.peers().empty()) context.printer.Line("There is no other server to deal with.");
  for (const admin::Peer& peer : reply.peers()) {
    context.printer.Line(fmt::format(
        "{}  {}  {} pending, {} items in, {} out{}", peer.domain(),
        StateText(context.printer, peer), peer.pending(), peer.in().items(), peer.out().items(),
        peer.last_error().empty() ? "" : "  (" + Harmless(peer.last_error()) + ")"));
    context.printer.Object(PeerObject(peer));
  }
  return absl::OkStatus();
}

void PrintIdentity(const Printer& printer, const admin::Identity& identity) {
  for (const admin::Key& key : identity.keys()) {
    const std::int64_t end = MillisOf(key.not_after());
    printer.Line(fmt::format("  key        {}{}", key.key(),
                             end == 0 ? "" : fmt::format(" until {}", TimeText(end))));
  }
  for (const std::string& endpoint : identity.endpoints()) {
    printer.Line(fmt::format("  endpoint   {}", Harmless(endpoint)));
  }
  printer.Line(fmt::format("  known from {}{}", identity.source(),
                           identity.document_number() == 0
                               ? ""
                               : fmt::format(", document {}", identity.document_number())));
}

JsonObject IdentityObject(const admin::Identity& identity) {
  std::string keys;
  for (const admin::Key& key : identity.keys()) {
    keys += (keys.empty() ? "" : ",") + JsonObject()
                                            .Text("key", key.key())
                                            .Time("not_before", MillisOf(key.not_before()))
                                            .Time("not_after", MillisOf(key.not_after()))
                                            .Line();
  }
  std::string endpoints;
  for (const std::string& endpoint : identity.endpoints()) {
    endpoints += (endpoints.empty() ? "" : ",") + JsonText(endpoint);
  }
  return JsonObject()
      .Raw("keys", "[" + keys + "]")
      .Raw("endpoints", "[" + endpoints + "]")
      .Text("source", identity.source())
      .Number("document", identity.document_number())
      .Time("found", MillisOf(identity.found_at()));
}

template <typename Counts>
void PrintCounts(const Printer& printer, std::string_view label, const Counts& counts) {
  for (const auto& [word, count] : counts) {
    printer.Line(fmt::format("  {} {} ({})", label, Harmless(word), count));
  }
}

absl::Status Show(Context& context, AdminLink& link) {
  admin::ShowPeerRequest request;
  request.set_domain(context.words()[2]);
  MOLVA_ASSIGN_OR_RETURN(const admin::ShowPeerReply reply,
                         link.Call(&admin::Admin::Stub::ShowPeer, request));
  const admin::Peer& peer = reply.peer();
  const Printer& printer = context.printer;
  printer.Line(context.words()[2] + (reply.blocked() ? "  blocked" : ""));
  if (reply.has_peer()) {
    printer.Line(fmt::format("  link       {}", StateText(printer, peer)));
    printer.Line(fmt::format("  pending    {}{}", peer.pending(),
                             peer.over_quota() ? ", more than federation.max_pending" : ""));
    printer.Line(
        fmt::format("  in         {} frames, {} items", peer.in().frames(), peer.in().items()));
    printer.Line(
        fmt::format("  out        {} frames, {} items", peer.out().frames(), peer.out().items()));
    PrintCounts(printer, "refused   ", peer.refused());
    PrintCounts(printer, "refused us", peer.refused_us());
    PrintCounts(printer, "ended     ", peer.byes());
    if (!peer.last_error().empty()) {
      printer.Line(fmt::format("  trouble    {}", Harmless(peer.last_error())));
    }
  }
  if (reply.has_identity()) PrintIdentity(printer, reply.identity());
  JsonObject object =
      reply.has_peer() ? PeerObject(peer) : JsonObject().Text("domain", context.words()[2]);
  object.Flag("blocked", reply.blocked());
  if (reply.has_identity()) object.Raw("identity", IdentityObject(reply.identity()).Line());
  printer.Object(object);
  return absl::OkStatus();
}

absl::Status Ping(Context& context, AdminLink& link) {
  admin::PingPeerRequest request;
  request.set_domain(context.words()[2]);
  MOLVA_ASSIGN_OR_RETURN(const admin::PingPeerReply reply,
                         link.Call(&admin::Admin::Stub::PingPeer, request));
  const double millis = SecondsOf(reply.round_trip()) * kMillisPerSecond;
  context.printer.Line(fmt::format("{} answers in {:.1f} ms.", context.words()[2], millis));
  context.printer.Object(JsonObject()
                             .Text("domain", context.words()[2])
                             .Raw("milliseconds", fmt::format("{:.3f}", millis)));
  return absl::OkStatus();
}

absl::Status Retry(Context& context, AdminLink& link) {
  admin::RetryPeerRequest request;
  request.set_domain(context.words()[2]);
  MOLVA_RETURN_IF_ERROR(link.Call(&admin::Admin::Stub::RetryPeer, request).status());
  context.printer.Line(fmt::format("{} is being dialled.", context.words()[2]));
  context.printer.Object(JsonObject().Text("domain", context.words()[2]));
  return absl::OkStatus();
}

std::string ListText(const google::protobuf::RepeatedPtrField<std::string>& patterns) {
  std::string text;
  for (const std::string& pattern : patterns) {
    text += (text.empty() ? "" : ",") + JsonText(pattern);
  }
  return "[" + text + "]";
}

void PrintRules(const Printer& printer, const admin::RulesReply& rules) {
  printer.Object(JsonObject()
                     .Raw("blocked", ListText(rules.blocked()))
                     .Raw("allowed", ListText(rules.allowed()))
                     .Flag("denied_by_configuration", rules.denied_by_configuration()));
}

absl::Status Block(Context& context, AdminLink& link) {
  admin::BlockPeerRequest request;
  request.set_pattern(context.words()[2]);
  MOLVA_ASSIGN_OR_RETURN(const admin::RulesReply rules,
                         link.Call(&admin::Admin::Stub::BlockPeer, request));
  context.printer.Line(fmt::format("{} is blocked.", context.words()[2]));
  PrintRules(context.printer, rules);
  return absl::OkStatus();
}

absl::Status Allow(Context& context, AdminLink& link) {
  admin::AllowPeerRequest request;
  request.set_pattern(context.words()[2]);
  MOLVA_ASSIGN_OR_RETURN(const admin::RulesReply rules,
                         link.Call(&admin::Admin::Stub::AllowPeer, request));
  context.printer.Line(
      rules.denied_by_configuration()
          ? fmt::format("{} is on your list, but federation.deny stands against it.",
                        context.words()[2])
          : fmt::format("{} is allowed.", context.words()[2]));
  PrintRules(context.printer, rules);
  return absl::OkStatus();
}

template <admin::UserAction kAction>
absl::Status ChangeUser(Context& context, AdminLink& link) {
  admin::ChangeUserRequest request;
  request.set_login(context.words()[2]);
  request.set_action(kAction);
  MOLVA_ASSIGN_OR_RETURN(const admin::ChangeUserReply reply,
                         link.Call(&admin::Admin::Stub::ChangeUser, request));
  context.printer.Line(fmt::format("{}  {}  {}{}", context.words()[2], reply.user(), reply.state(),
                                   reply.level() == "root" ? ", root" : ""));
  context.printer.Object(JsonObject()
                             .Text("login", context.words()[2])
                             .Text("user", reply.user())
                             .Text("state", reply.state())
                             .OptionalText("level", reply.level()));
  return absl::OkStatus();
}

struct Verb {
  std::string_view field;
  std::string_view name;
  std::size_t words;  // with the field and the verb
  absl::Status (*run)(Context& context, AdminLink& link);
};
constexpr std::array<Verb, 12> kVerbs = {
    {{"fed", "list", 2, List},
     {"fed", "show", 3, Show},
     {"fed", "ping", 3, Ping},
     {"fed", "retry", 3, Retry},
     {"fed", "block", 3, Block},
     {"fed", "allow", 3, Allow},
     {"user", "show", 3, ChangeUser<admin::USER_ACTION_SHOW>},
     {"user", "promote", 3, ChangeUser<admin::USER_ACTION_PROMOTE>},
     {"user", "demote", 3, ChangeUser<admin::USER_ACTION_DEMOTE>},
     {"user", "suspend", 3, ChangeUser<admin::USER_ACTION_SUSPEND>},
     {"user", "restore", 3, ChangeUser<admin::USER_ACTION_RESTORE>},
     {"user", "delete", 3, ChangeUser<admin::USER_ACTION_DELETE>}}};

}  // namespace

absl::Status RunAdmin(Context& context) {
  for (const Verb& verb : kVerbs) {
    if (context.words()[0] != verb.field || context.words()[1] != verb.name) continue;
    if (context.words().size() != verb.words) break;
    AdminLink link(AdminSocketPath(context.arguments));
    return verb.run(context, link);
  }
  return absl::InvalidArgumentError(
      "write: molva admin fed list, or show, ping, retry, block or allow and a DOMAIN; or "
      "molva admin user show, promote, demote, suspend, restore or delete and a LOGIN");
}

}  // namespace molva::cli
