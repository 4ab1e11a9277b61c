// Where the names of users and topics stand inside a message. Private to server/names.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/raw_json.h"

namespace molva::names {

// A JSON string that may hold a name. Places come in the order of their bytes.
struct NamePlace {
  std::size_t begin = 0;       // of the string's bytes, quotes included, in the JSON text
  std::size_t size_bytes = 0;  // likewise
  std::string text;            // unescaped
  std::size_t name_begin = 0;  // of the name in `text`
  std::size_t name_size = 0;
};

// Places in the value of one member of a message's head: users in "mentions" and "sender"; the
// topic of "topic:seq" in "forwarded", "reply" and "thread". nullopt for what cannot be read.
// Source: docs/protocol messages §8.
std::optional<std::vector<NamePlace>> FindPlacesInHead(std::string_view key,
                                                       const model::RawJson& value);

// Places in content: in a Drafty document the mentions (MN) and the server's own contact ids in
// cards (TC). Looks at the bytes first and reads them only if there may be one.
// Source: docs/protocol messages §9.
std::optional<std::vector<NamePlace>> FindPlacesInContent(const model::RawJson& content);

}  // namespace molva::names
