#include "session/server_info.h"

namespace molva::session {
namespace {

// What this server does beyond the protocol of stock clients. Source: docs/protocol beyond §1.
model::RawJson Beyond(const ServerInfo& info) {
  std::vector<std::string> caps{"uid", "ttl", "react", "sessions", "once", "keep"};
  if (info.search == topic::Limits::Search::kOn) caps.emplace_back("search");
  if (info.second_factor == ServerInfo::SecondFactor::kTotp) caps.emplace_back("totp");
  model::JsonFields fields{{"caps", model::JsonTextArray(caps)}};
  if (!info.web_push_key.empty()) {
    fields.emplace_back("webPushKey", model::JsonText(info.web_push_key));
  }
  return model::JsonObject(fields);
}

// 0: no limit.
std::int64_t Seconds(absl::Duration limit) {
  return limit == absl::InfiniteDuration() ? 0 : absl::ToInt64Seconds(limit);
}

}  // namespace

model::JsonFields ServerInfo::ToParams() const {
  model::JsonFields required;
  for (const auto& [level, methods] : required_credentials) {
    required.emplace_back(AuthLevelName(level), model::JsonTextArray(methods));
  }
  model::JsonFields params{{"ver", model::JsonText(version)},
                           {"build", model::JsonText(build)},
                           {"maxMessageSize", model::JsonNumber(max_message_size)},
                           {"maxSubscriberCount", model::JsonNumber(max_subscriber_count)},
                           {"minTagLength", model::JsonNumber(min_tag_length)},
                           {"maxTagLength", model::JsonNumber(max_tag_length)},
                           {"maxTagCount", model::JsonNumber(max_tag_count)},
                           {"msgDelAge", model::JsonNumber(Seconds(delete_age))}};
  if (max_file_upload_size > 0) {
    params.emplace_back("maxFileUploadSize", model::JsonNumber(max_file_upload_size));
  }
  params.emplace_back("molva", Beyond(*this));
  if (!required.empty()) params.emplace_back("reqCred", model::JsonObject(required));
  if (!ice_servers.empty()) {
    params.emplace_back("iceServers", ice_servers);
    params.emplace_back("callTimeout", model::JsonNumber(absl::ToInt64Seconds(call_timeout)));
  }
  return params;
}

}  // namespace molva::session
