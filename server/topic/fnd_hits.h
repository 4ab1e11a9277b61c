// What a search says and finds: addresses in its text, hits as clients see them. Private to
// FndTopic.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/packet.h"
#include "names/name_book.h"
#include "store/store.h"
#include "topic/topic_env.h"

namespace molva::topic {

// The name of what was found.
std::string IdOf(const names::NameBook& names, const store::TagHit& hit);
// What somebody of `level` is shown of it.
model::MetaSub EntryFor(const TopicEnv& env, model::AuthLevel level, const store::TagHit& hit);

// "name@domain" as the whole query: somebody of a certain server.
struct Address {
  std::string name;
  std::string domain;
};
std::optional<Address> AddressIn(const std::string& text);

bool HasAll(const store::UserRecord& user, const std::vector<std::string>& tags);

}  // namespace molva::topic
