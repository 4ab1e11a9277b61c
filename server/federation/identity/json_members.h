// Strict reading of the small JSON objects that servers publish: every member has a kind and a
// limit. Included by sources only: it brings the JSON library with it.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace molva::federation {

// Members of one object; lives as long as the parser.
//
// Errors: kInvalidArgument, naming the member.
class JsonMembers {
 public:
  static constexpr std::size_t kMaxDepth = 16;

  // `what` names the text in errors.
  static absl::StatusOr<JsonMembers> Parse(simdjson::dom::parser& parser, std::string_view text,
                                           std::size_t max_bytes, std::string_view what);
  static absl::StatusOr<JsonMembers> Of(simdjson::dom::element element, std::string_view what);

  // Text without control characters: it ends up on terminals and in logs.
  absl::StatusOr<std::string> Text(const char* name, std::size_t max_bytes) const;
  // Empty if there is no such member.
  absl::StatusOr<std::string> OptionalText(const char* name, std::size_t max_bytes) const;
  // Any text, line ends included.
  absl::StatusOr<std::string> RawText(const char* name, std::size_t max_bytes) const;
  // Base64 in the text.
  absl::StatusOr<std::string> Bytes(const char* name, std::size_t max_text_bytes) const;
  absl::StatusOr<std::int64_t> Number(const char* name, std::int64_t lowest,
                                      std::int64_t highest) const;
  absl::StatusOr<simdjson::dom::array> List(const char* name, std::size_t max_size) const;
  absl::StatusOr<std::vector<std::string>> TextList(const char* name, std::size_t max_size,
                                                    std::size_t max_bytes) const;
  bool Has(const char* name) const;

 private:
  explicit JsonMembers(simdjson::dom::object object) : object_(object) {}

  simdjson::dom::object object_;
};

// The error for a member that is not as it should be.
absl::Status WrongMember(std::string_view member, std::string_view what);

}  // namespace molva::federation
