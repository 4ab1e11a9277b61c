// Settings → text: the effective configuration, the annotated molva.toml, the operations table.
#pragma once

#include <string>

#include "config/config.h"
#include "config/setting.h"

namespace molva::config {

// What holds, as TOML with sentence, default and origin of every setting. Secrets are masked.
std::string PrintToml(const Config& config);
// The same as JSON: {"settings":[{"name":…,"value":…,"default":…,"origin":…,…}]}.
std::string PrintJson(const Config& config);
// A molva.toml in which every setting stands, commented out, at its default.
std::string AnnotatedDefaults(Rows rows);
// A Markdown table of all settings.
std::string OperationsTable(Rows rows);

}  // namespace molva::config
