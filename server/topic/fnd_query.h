// From what somebody writes into the search field to tags. Source: docs/protocol behaviour §12.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace molva::topic {

// The tags of a contact that a term may be: "email:alice@example.com" for an address.
using ContactTags = std::function<std::vector<std::string>(const std::string& term)>;

// What the store is asked. A text that cannot be read, or names nothing, asks for nothing.
store::TagQuery ReadTagQuery(const std::string& text, const ContactTags& contact_tags);
bool AsksNothing(const store::TagQuery& query);
// The tags of the query that are in one of `namespaces`.
std::vector<std::string> TagsIn(const store::TagQuery& query,
                                const std::vector<std::string>& namespaces);

// Who is called `name` on this server is found by name@domain too, as others find him; unless such
// tags are `masked` namespaces'.
void AddOwnName(const std::string& name, const std::vector<std::string>& masked,
                store::TagQuery& query);

}  // namespace molva::topic
