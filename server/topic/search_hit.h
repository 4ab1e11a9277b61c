// What searches answer with, whichever topics they look into.
#pragma once

#include <vector>

#include "model/packet.h"
#include "names/name_book.h"
#include "store/store.h"
#include "topic/word_indexer.h"

namespace molva::topic {

inline constexpr char kSearchWord[] = "search";
// How many hits are sent if nobody says.
inline constexpr std::int32_t kUsualHits = 24;

// Readers of a channel are not told who its members are.
enum class Signature : bool { kOfAuthor, kNone };

// `message` as it is shown, without the name of its topic.
model::Info HitOf(const store::MessageRecord& message, const std::vector<store::Phrase>& phrases,
                  const names::NameBook& names, Signature signature);

// What the ctrl behind `hits` of them says.
model::JsonFields SummaryOf(std::size_t hits, Index index);

}  // namespace molva::topic
