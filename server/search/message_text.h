// What of a message is searched.
#pragma once

#include <string>

#include "model/raw_json.h"
#include "model/seq_range.h"

namespace molva::search {

// The text of a message: its content if that is a text, or the `txt` of a Drafty document; its
// first 32 KiB. Empty if it is anything else, or `head` says that it is (encrypted, a form's
// reply).
std::string TextOf(const model::JsonFields& head, const model::RawJson& content);

// The number of the message that one with this `head` edits, or 0.
model::SeqId ReplacedBy(const model::JsonFields& head);

}  // namespace molva::search
