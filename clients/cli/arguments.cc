#include "clients/cli/arguments.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace molva::cli {

absl::StatusOr<Arguments> Arguments::Parse(const std::vector<std::string>& texts,
                                           const std::vector<OptionRule>& rules) {
  Arguments result;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string_view text = texts[i];
    if (text == "--") {
      result.words_.insert(result.words_.end(), texts.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                           texts.end());
      break;
    }
    if (!text.starts_with("--")) {
      result.words_.emplace_back(text);
      continue;
    }
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string_view name = text.substr(2, equals - 2);
    const auto rule = std::find_if(rules.begin(), rules.end(),
                                   [name](const OptionRule& one) { return one.name == name; });
    if (rule == rules.end()) {
      return absl::InvalidArgumentError(fmt::format("there is no option --{} here", name));
    }
    std::string& value = result.options_[std::string(name)];
    if (equals < text.size()) {
      if (rule->value.empty()) {
        return absl::InvalidArgumentError(fmt::format("--{} takes no value", name));
      }
      value = text.substr(equals + 1);
    } else if (!rule->value.empty()) {
      if (++i == texts.size()) {
        return absl::InvalidArgumentError(fmt::format("--{} needs a {}", name, rule->value));
      }
      value = texts[i];
    }
  }
  return result;
}

std::string Arguments::Get(std::string_view option) const {
  const auto at = options_.find(std::string(option));
  return at == options_.end() ? "" : at->second;
}

absl::StatusOr<std::int32_t> Arguments::GetNumber(std::string_view option,
                                                  std::int32_t otherwise) const {
  if (!Has(option)) return otherwise;
  const std::string text = Get(option);
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1) {
    return absl::InvalidArgumentError(fmt::format("--{} needs a number from 1 on", option));
  }
  return number;
}

}  // namespace molva::cli
