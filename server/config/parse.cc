#include "config/parse.h"

#include <fmt/core.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "config/assign.h"

namespace molva::config {
namespace {

constexpr std::string_view kPrefix = "MOLVA_";
constexpr std::string_view kFileVariableSuffix = "_FILE";

// Edit distance; the texts are names of settings, or not much longer.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string_view LastPart(std::string_view name) { return name.substr(name.rfind('.') + 1); }

// The row whose environment name `variable` is, with a mark for the _FILE form.
struct Named {
  const Setting* row = nullptr;
  bool is_file = false;
};
Named FindByVariable(Rows rows, std::string_view variable) {
  for (const Setting& row : rows) {
    const std::string name = EnvironmentName(row.name);
    if (variable == name) return {&row, false};
    if (row.type == Type::kSecret && variable == name + std::string(kFileVariableSuffix)) {
      return {&row, true};
    }
  }
  return {};
}

// A slip of one or two letters in the name of a variable would otherwise go unnoticed.
std::optional<std::string> NearVariable(Rows rows, std::string_view variable) {
  constexpr std::size_t kMostSlips = 2;
  for (const Setting& row : rows) {
    std::string name = EnvironmentName(row.name);
    if (Distance(name, variable) <= kMostSlips) return name;
  }
  return std::nullopt;
}

}  // namespace

std::string_view NearestName(Rows rows, std::string_view name) {
  constexpr std::size_t kMaxNameBytes = 100;
  if (name.size() > kMaxNameBytes) return {};
  std::string_view nearest;
  std::size_t least = std::max<std::size_t>(2, name.size() / 3) + 1;
  for (const Setting& row : rows) {
    const bool other_table = LastPart(row.name) == LastPart(name);
    const std::size_t distance =
        std::min<std::size_t>(Distance(row.name, name), other_table ? 2 : ~0u);
    if (distance < least) {
      least = distance;
      nearest = row.name;
    }
  }
  return nearest;
}

std::string EnvironmentName(std::string_view setting) {
  std::string name(kPrefix);
  for (const char c : setting) {
    name += c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

void ApplyEnvironment(std::span<const std::string> environment, Config& config,
                      Problems& problems) {
  for (const std::string_view entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    const std::string variable(entry.substr(0, equals));
    const std::string text(entry.substr(equals + 1));
    const Named named = FindByVariable(config.rows(), variable);
    if (named.row != nullptr && named.is_file) {
      AssignSecretFile(*named.row, text, Origin::kEnvironment, variable, config, problems);
    } else if (named.row != nullptr) {
      AssignText(*named.row, text, Origin::kEnvironment, variable, config, problems);
    } else if (const auto near = NearVariable(config.rows(), variable); near.has_value()) {
      problems.push_back({variable, fmt::format("no such setting; did you mean {}?", *near)});
    }
  }
}

void ApplyOverrides(std::span<const Override> overrides, Config& config, Problems& problems) {
  for (const auto& [name, text] : overrides) {
    const Setting* row = FindSetting(config.rows(), name);
    if (row == nullptr) {
      problems.push_back({"command line", fmt::format("no setting is called {}", name)});
    } else {
      AssignText(*row, text, Origin::kCommandLine, "command line", config, problems);
    }
  }
}

}  // namespace molva::config
