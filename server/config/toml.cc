// The only source that sees toml++.
#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/impl/preprocessor.h>
// toml++ 3.3 takes it for granted that a table header starts with a key, and "[/" breaks that
// word; behind the word stands the proper error. So it must not become an abort or an assumption.
#undef TOML_ASSERT
#define TOML_ASSERT(expression) static_assert(true)
#undef TOML_ASSERT_ASSUME
#define TOML_ASSERT_ASSUME(expression) static_assert(true)
#include <fmt/core.h>
#include <toml++/toml.h>

#include <string>
#include <string_view>

#include "config/assign.h"
#include "config/json_text.h"
#include "config/parse.h"

namespace molva::config {
namespace {

// Walks the tables of one file and stores what it finds.
//
// Borrows: all three, for the time of one Walk.
class TomlReader {
 public:
  TomlReader(std::string_view place, Config& config, Problems& problems)
      : place_(place), config_(config), problems_(problems) {}

  // `lead` is the dotted name of `table` with a dot behind it, or empty.
  void Walk(const toml::table& table, const std::string& lead) {
    for (const auto& [key, node] : table) {
      const std::string name = lead + std::string(key.str());
      if (lead.empty() && name == kPluginTable) {
        WalkPlugins(node);
      } else if (node.is_table() && FindSetting(config_.rows(), name) == nullptr) {
        Walk(*node.as_table(), name + ".");
      } else {
        Store(name, key.source().begin.line, node);
      }
    }
  }

 private:
  std::string At(toml::source_index line) const { return fmt::format("{}:{}", place_, line); }
  void Complain(toml::source_index line, std::string what) {
    problems_.push_back({At(line), std::move(what)});
  }

  void Store(const std::string& name, toml::source_index line, const toml::node& node) {
    if (const Setting* secret = FindSecretOfFile(config_.rows(), name); secret != nullptr) {
      StoreSecretFile(*secret, line, node);
      return;
    }
    const Setting* row = FindSetting(config_.rows(), name);
    if (row == nullptr) {
      const std::string_view near = NearestName(config_.rows(), name);
      Complain(line, near.empty()
                         ? fmt::format("no setting is called {}", name)
                         : fmt::format("no setting is called {}; did you mean {}?", name, near));
      return;
    }
    if (!StoreAs(*row, line, node)) {
      Complain(line, fmt::format("{} is {}, but must be {}", name, TypeName(node),
                                 DescribeAllowed(*row)));
    }
  }

  // Returns whether the node has a type that the row takes; a wrong range complains by itself.
  bool StoreAs(const Setting& row, toml::source_index line, const toml::node& node) {
    const std::string place = At(line);
    if (const auto* flag = node.as_boolean(); flag != nullptr && row.type == Type::kBool) {
      AssignValue(row, flag->get(), Origin::kFile, place, config_, problems_);
      return true;
    }
    if (const auto* number = node.as_integer(); number != nullptr) {
      const bool takes = row.type == Type::kInteger || row.type == Type::kSize ||
                         (row.type == Type::kDuration && number->get() == 0);
      if (takes) AssignValue(row, number->get(), Origin::kFile, place, config_, problems_);
      return takes;
    }
    if (const auto* text = node.as_string(); text != nullptr) {
      const bool takes =
          row.type != Type::kBool && row.type != Type::kInteger && row.type != Type::kTextList;
      if (takes) AssignText(row, text->get(), Origin::kFile, place, config_, problems_);
      return takes;
    }
    const auto* array = node.as_array();
    return array != nullptr && row.type == Type::kTextList && StoreList(row, place, *array);
  }

  bool StoreList(const Setting& row, const std::string& place, const toml::array& array) {
    std::vector<std::string> list;
    for (const toml::node& item : array) {
      const auto* text = item.as_string();
      if (text == nullptr) return false;
      list.push_back(text->get());
    }
    AssignValue(row, std::move(list), Origin::kFile, place, config_, problems_);
    return true;
  }

  void StoreSecretFile(const Setting& row, toml::source_index line, const toml::node& node) {
    const auto* path = node.as_string();
    if (path == nullptr) {
      Complain(line, fmt::format("{}_file must be the name of a file", row.name));
    } else if (config_.OriginOf(row.name) == Origin::kFile) {
      Complain(line, fmt::format("{} and {}_file are both set", row.name, row.name));
    } else {
      AssignSecretFile(row, path->get(), Origin::kFile, At(line), config_, problems_);
    }
  }

  void WalkPlugins(const toml::node& node) {
    const toml::table* table = node.as_table();
    if (table == nullptr) {
      Complain(node.source().begin.line, fmt::format("{} must be a table", kPluginTable));
      return;
    }
    for (const auto& [key, section] : *table) {
      if (section.is_table()) {
        config_.SetPluginJson(key.str(), ToJson(section));
      } else {
        Complain(key.source().begin.line,
                 fmt::format("{}.{} must be a table", kPluginTable, key.str()));
      }
    }
  }

  // toml++ bounds the depth of what it parses, and so of this.
  static std::string ToJson(const toml::node& node) {
    if (const auto* text = node.as_string()) return QuoteJson(text->get());
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    if (const auto* real = node.as_floating_point()) return RealToJson(real->get());
    std::string list;
    if (const auto* array = node.as_array()) {
      for (const toml::node& item : *array) list += (list.empty() ? "" : ",") + ToJson(item);
      return "[" + list + "]";
    }
    if (const auto* table = node.as_table()) {
      for (const auto& [key, item] : *table) {
        list += (list.empty() ? "" : ",") + QuoteJson(key.str()) + ":" + ToJson(item);
      }
      return "{" + list + "}";
    }
    return "null";  // dates and times: JSON has none
  }

  static std::string RealToJson(double value) {
    return std::isfinite(value) ? fmt::format("{}", value) : "null";
  }

  static std::string_view TypeName(const toml::node& node) {
    if (node.is_string()) return "a text";
    if (node.is_integer()) return "a number";
    if (node.is_boolean()) return "true or false";
    if (node.is_floating_point()) return "a fraction";
    if (node.is_array()) return "a list";
    if (node.is_table()) return "a table";
    return "a date or time";
  }

  std::string_view place_;
  Config& config_;
  Problems& problems_;
};

}  // namespace

void ParseConfig(std::string_view text, std::string_view place, Config& config,
                 Problems& problems) {
  if (text.size() > kMaxConfigBytes) {
    problems.push_back({std::string(place), fmt::format("over {} bytes", kMaxConfigBytes)});
    return;
  }
  const toml::parse_result parsed = toml::parse(text, place);
  if (parsed.failed()) {
    const toml::parse_error& error = parsed.error();
    problems.push_back(
        {fmt::format("{}:{}", place, error.source().begin.line), std::string(error.description())});
    return;
  }
  TomlReader(place, config, problems).Walk(parsed.table(), "");
}

}  // namespace molva::config
