// The settings of federation; the table of all of them ends with these.
#pragma once

#include "config/setting.h"
#include "config/units.h"

namespace molva::config {

inline constexpr Setting kFederationRows[] = {
    {.name = "federation.domain",
     .type = Type::kText,
     .standard = "",
     .highest = 253,
     .sentence = "The domain of this node's accounts, by which other servers know it; empty turns "
                 "federation off. It cannot be changed later."},
    {.name = "federation.listen",
     .type = Type::kAddress,
     .standard = "127.0.0.1:16061",
     .sentence = "Address on which other servers connect; empty means that this node only dials."},
    {.name = "federation.advertise",
     .type = Type::kTextList,
     .standard = "",
     .highest = 16,
     .reload = Reload::kLive,
     .sentence = "Where others reach this node, as host:port; empty means the domain and the port "
                 "of federation.listen."},
    {.name = "federation.contact",
     .type = Type::kText,
     .standard = "",
     .highest = 256,
     .reload = Reload::kLive,
     .sentence = "How operators of other servers reach you; it is published."},
    {.name = "federation.peers",
     .type = Type::kTextList,
     .standard = "",
     .highest = 1000,
     .reload = Reload::kLive,
     .sentence = "Servers known in advance, as domain=host:port#key; they are not looked for. The "
                 "key is what molvad key show prints there."},
    {.name = "federation.allow",
     .type = Type::kTextList,
     .standard = "",
     .highest = 10'000,
     .reload = Reload::kLive,
     .sentence = "If not empty, only these domains are talked to; *.example.org means all below "
                 "it."},
    {.name = "federation.deny",
     .type = Type::kTextList,
     .standard = "",
     .highest = 10'000,
     .reload = Reload::kLive,
     .sentence = "Domains that are not talked to, whatever federation.allow says."},
    {.name = "federation.sources",
     .type = Type::kTextList,
     .standard = "well-known,dns",
     .highest = 8,
     .sentence = "Who is asked about servers that are not known yet, in this order: well-known, "
                 "dns, or the name of a plugin discovery_<name>, which [plugin.discovery_<name>] "
                 "configures."},
    {.name = "federation.resolver",
     .type = Type::kText,
     .standard = "",
     .highest = 64,
     .sentence =
         "Who is asked for DNS records of other servers: an address, with @port if need be, "
         "\"system\" for /etc/resolv.conf, \"off\" for nobody; empty means from the root "
         "down."},
    {.name = "federation.trust_anchor",
     .type = Type::kText,
     .standard = "/usr/share/dns/root.key",
     .highest = kMaxPathBytes,
     .sentence = "File with the keys from which DNSSEC is checked; without it no DNS answer counts "
                 "as proof."},
    {.name = "federation.ca_file",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "PEM file with the authorities that are believed when documents of other servers "
                 "are fetched; empty means those of the system."},
    {.name = "federation.allow_private_addresses",
     .type = Type::kBool,
     .standard = "false",
     .sentence = "Whether other servers may be on loopback, private and link-local addresses; for "
                 "tests and closed networks."},
    {.name = "federation.give_up_after",
     .type = Type::kDuration,
     .standard = "7d",
     .lowest = 60 * kSecond,
     .highest = 365 * kDay,
     .sentence =
         "How long a message waits for a server that cannot be reached before its sender is "
         "told that it failed."},
    {.name = "federation.heartbeat",
     .type = Type::kDuration,
     .standard = "30s",
     .lowest = kSecond,
     .highest = 3600 * kSecond,
     .sentence = "How often a silent link to another server is tried; after two in vain its users "
                 "are shown offline."},
    {.name = "federation.max_pending",
     .type = Type::kInteger,
     .standard = "100000",
     .lowest = 16,
     .highest = 10'000'000,
     .sentence = "Changes that may wait for one server; above it further ones are answered 503."},
    {.name = "federation.no_presence_for",
     .type = Type::kTextList,
     .standard = "",
     .highest = 10'000,
     .reload = Reload::kLive,
     .sentence = "Domains that do not learn who is online here; * means all."},
};

}  // namespace molva::config
