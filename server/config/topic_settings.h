// The settings of what people do in topics: calls, tags, messages, first contacts.
#pragma once

#include "config/setting.h"
#include "config/units.h"

namespace molva::config {

inline constexpr Setting kTopicRows[] = {
    {.name = "calls.ice_servers",
     .type = Type::kTextList,
     .standard = "",
     .highest = 32,
     .sentence = "STUN servers by which the two in a call find a way to each other, as "
                 "stun:host:port; without these and calls.ice_file there are no calls."},
    {.name = "calls.ice_file",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "JSON file with further ICE servers and their credentials, as "
                 "[{\"urls\": [...], \"username\": ..., \"credential\": ...}]; clients get it "
                 "as it is. Empty means none."},
    {.name = "calls.timeout",
     .type = Type::kDuration,
     .standard = "30s",
     .lowest = kSecond,
     .highest = 600 * kSecond,
     .sentence = "How long a call rings before it is missed."},

    {.name = "tags.masked",
     .type = Type::kTextList,
     .standard = "",
     .highest = 32,
     .sentence = "Namespaces of tags, as basic, that only owners of the tag may search for."},

    {.name = "messages.delete_age",
     .type = Type::kDuration,
     .standard = "0s",
     .lowest = 0,
     .highest = 10 * 366 * kDay,
     .sentence = "How old a message may be and still be deleted for everybody; 0: as old as it "
                 "likes."},
    {.name = "messages.p2p_delete",
     .type = Type::kBool,
     .standard = "false",
     .sentence = "Whether the two in a topic of two may delete messages for both; accounts and "
                 "topics that are there already give that right when their owners do."},
    {.name = "messages.search",
     .type = Type::kBool,
     .standard = "true",
     .sentence = "Whether messages are indexed by their words and can be searched for; what was "
                 "sent meanwhile is indexed when it is turned on again."},
    {.name = "messages.keep_for",
     .type = Type::kDuration,
     .standard = "0s",
     .highest = 10 * 366 * kDay,
     .sentence = "How old messages become before they are deleted for everybody; 0: they stay."},

    {.name = "contacts.requests",
     .type = Type::kChoice,
     .standard = "foreign",
     .choices = "foreign all",
     .sentence = "Whose first message is a request that must be accepted before anything else "
                 "passes: people of other servers, or everybody."},
    {.name = "contacts.ask_again_after",
     .type = Type::kDuration,
     .standard = "1d",
     .highest = 365 * kDay,
     .sentence = "How long somebody whose request was declined must wait before the next one."},
};

}  // namespace molva::config
