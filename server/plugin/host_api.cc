#include "plugin/host_api.h"

#include <fmt/core.h>

#include "base/log.h"
#include "base/strings.h"
#include "model/fault.h"
#include "molva/plugin.hpp"

namespace molva::plugin {
namespace {

base::LogLevel LevelOf(molva_log_level level) {
  switch (level) {
    case MOLVA_LOG_DEBUG:
      return base::LogLevel::kDebug;
    case MOLVA_LOG_INFO:
      return base::LogLevel::kInfo;
    case MOLVA_LOG_WARNING:
      return base::LogLevel::kWarning;
    default:
      return base::LogLevel::kError;
  }
}

absl::StatusCode CodeOf(molva_code code) {
  switch (code) {
    case MOLVA_OK:
      return absl::StatusCode::kOk;
    case MOLVA_UNAVAILABLE:
      return absl::StatusCode::kUnavailable;
    case MOLVA_ABORTED:
      return absl::StatusCode::kAborted;
    case MOLVA_ALREADY_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case MOLVA_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case MOLVA_MALFORMED:
    case MOLVA_POLICY:
      return absl::StatusCode::kInvalidArgument;
    case MOLVA_DENIED:
      return absl::StatusCode::kUnauthenticated;
    case MOLVA_UNSUPPORTED:
      return absl::StatusCode::kUnimplemented;
    default:
      return absl::StatusCode::kInternal;
  }
}

model::Fault FaultOf(molva_code code) {
  switch (code) {
    case MOLVA_MALFORMED:
      return model::Fault::kMalformed;
    case MOLVA_POLICY:
      return model::Fault::kPolicyViolation;
    case MOLVA_DENIED:
      return model::Fault::kAuthenticationFailed;
    case MOLVA_ALREADY_EXISTS:
      return model::Fault::kDuplicateCredential;
    case MOLVA_NOT_FOUND:
      return model::Fault::kNotFound;
    case MOLVA_UNSUPPORTED:
      return model::Fault::kNotImplemented;
    case MOLVA_UNAVAILABLE:
      return model::Fault::kServiceUnavailable;
    default:
      return model::Fault::kInternalError;
  }
}

}  // namespace

HostApi::HostApi(std::string plugin_name)
    : plugin_name_(std::move(plugin_name)),
      table_{sizeof(molva_host), MOLVA_ABI_MINOR, this, &HostApi::WriteLog} {}

void HostApi::WriteLog(void* context, molva_log_level level, molva_text sentence) {
  const HostApi& self = *static_cast<const HostApi*>(context);
  base::Log(LevelOf(level), sdk::View(sentence), {{"plugin", self.plugin_name_}});
}

absl::Status StatusOf(molva_code code, std::string_view why) {
  if (code == MOLVA_OK) return absl::OkStatus();
  const std::string detail =
      why.empty() ? fmt::format("plugin answered {}", code) : std::string(why);
  return absl::Status(CodeOf(code), base::ToAbsl(detail));
}

absl::Status RefusalOf(molva_code code, std::string_view why) {
  return model::Fail(FaultOf(code),
                     why.empty() ? fmt::format("plugin answered {}", code) : std::string(why));
}

}  // namespace molva::plugin
