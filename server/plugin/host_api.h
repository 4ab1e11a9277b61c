// What the server offers to every plugin, and the small conversions that all adapters share.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <string>
#include <string_view>

#include "molva/plugin.h"

namespace molva::plugin {

// The host table of one open plugin: its log lines carry the plugin's name.
//
// Thread: any. Stays in place, as the plugin keeps its address.
class HostApi {
 public:
  explicit HostApi(std::string plugin_name);
  HostApi(const HostApi&) = delete;
  HostApi& operator=(const HostApi&) = delete;

  const molva_host* table() const { return &table_; }
  const std::string& plugin_name() const { return plugin_name_; }

 private:
  static void WriteLog(void* context, molva_log_level level, molva_text sentence);

  const std::string plugin_name_;
  molva_host table_;
};

// What calls that still run get when a plugin goes; then they are left to themselves.
inline constexpr absl::Duration kPartingTime = absl::Seconds(3);

// The status that stands for `code`; `why` is the plugin's own words.
absl::Status StatusOf(molva_code code, std::string_view why);
// The refusal that a client gets for `code`, which is not MOLVA_OK; `why` is its detail.
absl::Status RefusalOf(molva_code code, std::string_view why);

}  // namespace molva::plugin
