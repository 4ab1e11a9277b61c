// The names inside a message: global while it travels, short where they are known.
#pragma once

#include <absl/status/status.h>

#include "model/raw_json.h"
#include "names/name_book.h"

namespace molva::names {

// Both touch names in the head (mentions, sender, forwarded, reply, thread), in mentions of Drafty
// documents and in the contacts of cards, and leave every other byte as it is. Texts that are no
// names are left too. Without federation nothing changes.
//
// Cost:   content without mentions or cards is searched, not parsed.
// Source: docs/federation.md §1.

// As our server sends it: bare names get our domain, and each name its one spelling. What is no
// JSON is left alone.
void Globalise(const NameBook& names, model::JsonFields& head, model::RawJson& content);

// As our users see it: names of our domain become bare. What Globalise makes of the result has the
// very bytes that were given. Errors: kInvalidArgument for a bare name, for one that is spelled in
// another way than Globalise does, and for what is no JSON; nothing is changed then.
absl::Status Localise(const NameBook& names, model::JsonFields& head, model::RawJson& content);

}  // namespace molva::names
