#include "config/print.h"

#include <fmt/core.h>

#include <string_view>

#include "base/check.h"
#include "config/json_text.h"
#include "config/parse.h"

namespace molva::config {
namespace {

std::string_view TableOf(std::string_view name) { return name.substr(0, name.rfind('.')); }
std::string_view KeyOf(std::string_view name) { return name.substr(name.rfind('.') + 1); }

Value Standard(const Setting& row) {
  absl::StatusOr<Value> value = ParseValue(row, row.standard);
  MOLVA_CHECK(value.ok(), "a setting has a default outside its range");
  return *std::move(value);
}

std::string_view Name(Origin origin) {
  constexpr std::string_view kNames[] = {"default", "file", "environment", "command line"};
  return kNames[static_cast<int>(origin)];
}

std::string_view Name(Reload reload) { return reload == Reload::kLive ? "reload" : "restart"; }

// Starts a new TOML table when `row` is the first of one.
void OpenTable(const Setting& row, std::string_view& open, std::string& out) {
  if (TableOf(row.name) == open) return;
  open = TableOf(row.name);
  out += fmt::format("\n[{}]\n", open);
}

}  // namespace

std::string PrintToml(const Config& config) {
  std::string out = "# The settings in force. A secret shows as \"…\".\n";
  std::string_view open;
  for (const Setting& row : config.rows()) {
    OpenTable(row, open, out);
    const std::string value = FormatToml(row, config.Get(row.name));
    const std::string standard = FormatToml(row, Standard(row));
    out += fmt::format("# {}\n", row.sentence);
    if (config.OriginOf(row.name) == Origin::kStandard) {
      out += fmt::format("{} = {}\n", KeyOf(row.name), value);
    } else {
      out += fmt::format("{} = {}  # from {}; default {}\n", KeyOf(row.name), value,
                         Name(config.OriginOf(row.name)), standard);
    }
  }
  return out;
}

std::string PrintJson(const Config& config) {
  std::string list;
  for (const Setting& row : config.rows()) {
    list += fmt::format(
        "{}{{\"name\":{},\"value\":{},\"default\":{},\"origin\":{},\"takes\":{},\"change\":{},"
        "\"environment\":{},\"sentence\":{}}}",
        list.empty() ? "\n" : ",\n", QuoteJson(row.name), FormatJson(row, config.Get(row.name)),
        FormatJson(row, Standard(row)), QuoteJson(Name(config.OriginOf(row.name))),
        QuoteJson(DescribeAllowed(row)), QuoteJson(Name(row.reload)),
        QuoteJson(EnvironmentName(row.name)), QuoteJson(row.sentence));
  }
  return fmt::format("{{\"settings\":[{}\n]}}\n", list);
}

std::string AnnotatedDefaults(Rows rows) {
  std::string out =
      "# Molva: every setting, at its default. Take the # away from what you change.\n"
      "# `molvad check --config FILE` explains what is wrong; `molvad config` prints what holds.\n";
  std::string_view open;
  for (const Setting& row : rows) {
    OpenTable(row, open, out);
    out += fmt::format("# {} Takes {}.\n", row.sentence, DescribeAllowed(row));
    out += fmt::format("#{} = {}\n", KeyOf(row.name), FormatToml(row, Standard(row)));
    if (row.type == Type::kSecret) out += fmt::format("#{}_file = \"\"\n", KeyOf(row.name));
  }
  return out;
}

std::string OperationsTable(Rows rows) {
  std::string out = "| Setting | Default | Takes | Change by | Meaning |\n|---|---|---|---|---|\n";
  for (const Setting& row : rows) {
    const std::string file = row.type == Type::kSecret ? fmt::format(", `{}_file`", row.name) : "";
    out += fmt::format("| `{}`{} | `{}` | {} | {} | {} |\n", row.name, file,
                       FormatToml(row, Standard(row)), DescribeAllowed(row), Name(row.reload),
                       row.sentence);
  }
  return out;
}

}  // namespace molva::config
