#include "topic/fnd_query.h"

#include "topic/tag_query.h"
#include "topic/tags.h"

namespace molva::topic {
namespace {

// All that the term may stand for; nothing if it can be no tag.
std::vector<std::string> Alternatives(const std::string& term, const ContactTags& contact_tags) {
  std::vector<std::string> tags = RewriteTerm(term);
  if (term.find(':') != std::string::npos) return tags;
  std::vector<std::string> contacts = contact_tags(term);
  tags.insert(tags.end(), contacts.begin(), contacts.end());
  return tags;
}

}  // namespace

store::TagQuery ReadTagQuery(const std::string& text, const ContactTags& contact_tags) {
  store::TagQuery query;
  const absl::StatusOr<TagTerms> terms = ParseTagQuery(text);
  if (!terms.ok()) return query;
  for (const std::string& term : terms->required) {
    std::vector<std::string> alternatives = Alternatives(term, contact_tags);
    if (!alternatives.empty()) query.required.push_back(std::move(alternatives));
  }
  for (const std::string& term : terms->optional) {
    for (std::string& tag : Alternatives(term, contact_tags)) {
      query.optional.push_back(std::move(tag));
    }
  }
  return query;
}

bool AsksNothing(const store::TagQuery& query) {
  return query.required.empty() && query.optional.empty();
}

std::vector<std::string> TagsIn(const store::TagQuery& query,
                                const std::vector<std::string>& namespaces) {
  std::vector<std::string> all = query.optional;
  for (const store::TagAlternatives& alternatives : query.required) {
    all.insert(all.end(), alternatives.begin(), alternatives.end());
  }
  return ReservedTags(all, namespaces);
}

void AddOwnName(const std::string& name, const std::vector<std::string>& masked,
                store::TagQuery& query) {
  std::vector<std::string> tags = {"basic:" + name, "alias:" + name};
  for (const std::string& tag : ReservedTags(tags, masked)) std::erase(tags, tag);
  const bool is_only = query.required.size() == 1 && query.optional.empty();
  std::vector<std::string>& beside = is_only ? query.required.front() : query.optional;
  beside.insert(beside.end(), tags.begin(), tags.end());
}

}  // namespace molva::topic
