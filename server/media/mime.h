// What kind of thing a file is, and whether a browser may show it.
#pragma once

#include <string>
#include <string_view>

namespace molva::media {

// So much of a file decides what it is.
inline constexpr std::size_t kSniffedBytes = 512;

// The type of a file that begins with `start` (kSniffedBytes, or all of a shorter one), whose
// sender calls it `declared`. What the bytes say counts; only of bytes that say nothing is the
// sender believed. What is an image or a sound to one reader and a page or a script to another is
// application/octet-stream.
//
// Source: docs/protocol transports §5; the table of the WHATWG standard on MIME sniffing.
std::string DecideMime(std::string_view start, std::string_view declared);

enum class Disposition { kInline, kAttachment };

// Images, sounds and films are shown in place; all else, and what holds markup, is saved.
// Source: docs/protocol transports §6.
Disposition DispositionOf(std::string_view mime);

// The usual ending of such files, as ".png"; empty for an unknown type.
std::string_view ExtensionOf(std::string_view mime);

}  // namespace molva::media
