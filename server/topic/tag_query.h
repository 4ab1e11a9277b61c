// The search language of `fnd`: words, "or" by comma, quotes. Source: docs/protocol behaviour §12.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace molva::topic {

// Phones look for their whole address book at once.
inline constexpr std::size_t kMaxTerms = 1'024;

struct TagTerms {
  std::vector<std::string> required;
  std::vector<std::string> optional;
};

// Spaces and tabs separate terms that must all match, commas those of which any may; "quoted
// text" is one term; everything is lower-cased. Errors: kInvalidArgument for two commas in a row,
// a quote inside a word, an unterminated quote, or more than kMaxTerms terms.
absl::StatusOr<TagTerms> ParseTagQuery(std::string_view query);

// The tags a term may stand for: itself if it can be a tag at all, else none.
std::vector<std::string> RewriteTerm(const std::string& term);

}  // namespace molva::topic
