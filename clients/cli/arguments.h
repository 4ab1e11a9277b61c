// The command line, taken apart.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace molva::cli {

// An option a command or the program knows.
struct OptionRule {
  std::string_view name;     // without the dashes
  std::string_view value;    // what stands behind it in the help; "" if nothing
  std::string_view meaning;  // for the help and the completion
};

// Options and the words between them.
class Arguments {
 public:
  // Takes "--name value", "--name=value" and "--flag", anywhere; behind "--" all are words.
  // Errors: kInvalidArgument for an option that no rule names, or without its value.
  static absl::StatusOr<Arguments> Parse(const std::vector<std::string>& texts,
                                         const std::vector<OptionRule>& rules);

  bool Has(std::string_view option) const { return options_.count(std::string(option)) > 0; }
  // "" if it was not given.
  std::string Get(std::string_view option) const;
  // Errors: kInvalidArgument if it is no number from 1 on.
  absl::StatusOr<std::int32_t> GetNumber(std::string_view option, std::int32_t otherwise) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::map<std::string, std::string> options_;
  std::vector<std::string> words_;
};

}  // namespace molva::cli
