// Tags: how they are written, and which of them only the server may set.
// Source: docs/protocol behaviour §12.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/raw_json.h"
#include "topic/limits.h"

namespace molva::topic {

// Cut to the allowed number, trimmed, lower-cased, sorted, without duplicates and without what is
// too short, too long, or begins with neither a letter nor a digit. A clear mark anywhere empties
// the list.
std::vector<std::string> NormaliseTags(const std::vector<std::string>& tags, const Limits& limits);

// "ns" of "ns:value"; empty for a plain tag.
std::string_view TagNamespace(std::string_view tag);
bool HasReservedTag(const std::vector<std::string>& tags,
                    const std::vector<std::string>& reserved_namespaces);
// The tags in reserved namespaces.
std::vector<std::string> ReservedTags(const std::vector<std::string>& tags,
                                      const std::vector<std::string>& reserved_namespaces);

struct TagDifference {
  std::int64_t added = 0;
  std::int64_t removed = 0;
};
// Both lists are sorted.
TagDifference CompareTags(const std::vector<std::string>& before,
                          const std::vector<std::string>& after);
// The params of a successful set tags: each number only if it is not zero.
model::JsonFields TagParams(const TagDifference& difference);

}  // namespace molva::topic
