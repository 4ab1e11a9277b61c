// The settings of files.
#pragma once

#include "config/setting.h"
#include "config/units.h"

namespace molva::config {

inline constexpr Setting kMediaRows[] = {
    {.name = "media.plugin",
     .type = Type::kText,
     .standard = "fs",
     .highest = kMaxPathBytes,
     .sentence =
         "Where files are kept: the plugin media_<name>.so in node.plugins, or a path; empty: "
         "the node takes no files."},
    {.name = "media.max_size",
     .type = Type::kSize,
     .standard = "8 MiB",
     .lowest = 1,
     .highest = 1024 * kGiB,
     .sentence = "The longest file that is taken."},
    {.name = "media.bytes_per_day",
     .type = Type::kSize,
     .standard = "1 GiB",
     .sentence = "What one user, or one address without a login, may send in a day; what was sent "
                 "is forgotten evenly. Zero means no limit."},
    {.name = "media.transfers",
     .type = Type::kInteger,
     .standard = "256",
     .lowest = 1,
     .highest = 100'000,
     .sentence = "Files that may be on their way at once, in and out; each takes up to 1 MiB of "
                 "memory. More are answered 503."},
    {.name = "media.transfers_per_user",
     .type = Type::kInteger,
     .standard = "16",
     .lowest = 1,
     .highest = 100'000,
     .sentence = "The same for one user, or one address without a login."},
    {.name = "media.workers",
     .type = Type::kInteger,
     .standard = "4",
     .lowest = 1,
     .highest = 64,
     .sentence = "Threads that read and write files."},
    {.name = "media.gc_period",
     .type = Type::kDuration,
     .standard = "1m",
     .highest = kDay,
     .sentence = "How often files are removed that nothing refers to; 0s means never."},
    {.name = "media.gc_grace",
     .type = Type::kDuration,
     .standard = "1h",
     .lowest = kSecond,
     .highest = 365 * kDay,
     .sentence = "How long a file may wait for a message or a card to refer to it."},
    {.name = "media.fs.folder",
     .type = Type::kText,
     .standard = "",
     .highest = kMaxPathBytes,
     .sentence = "The folder of files; empty means files in node.data."},
};

}  // namespace molva::config
