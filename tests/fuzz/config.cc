// Fuzzes the configuration file: any text gives settings or problems, and what is printed of the
// settings can be read back.
#include <cstdint>
#include <string>
#include <string_view>

#include "base/check.h"
#include "config/parse.h"
#include "config/print.h"

namespace molva::config {
namespace {

// Naming a file would read it.
bool NamesSecretFile(std::string_view text) { return text.find("_file") != text.npos; }

bool HasSecret(const Config& config) {
  for (const Setting& row : config.rows()) {
    if (row.type == Type::kSecret && !config.Text(row.name).empty()) return true;
  }
  return false;
}

void CheckText(std::string_view text) {
  Config config(NodeSettings());
  Problems problems;
  ParseConfig(text, "fuzz.toml", config, problems);
  for (const Setting& row : config.rows()) {
    MOLVA_CHECK(CheckRange(row, config.Get(row.name)).ok(), "a setting left its range");
  }
  if (!problems.empty() || HasSecret(config)) return;
  Config again(NodeSettings());
  ParseConfig(PrintToml(config), "printed.toml", again, problems);
  MOLVA_CHECK(problems.empty(), "what is printed cannot be read back");
  for (const Setting& row : config.rows()) {
    MOLVA_CHECK(again.Get(row.name) == config.Get(row.name), "reading back changed a setting");
  }
}

}  // namespace
}  // namespace molva::config

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (!molva::config::NamesSecretFile(text)) molva::config::CheckText(text);
  return 0;
}
