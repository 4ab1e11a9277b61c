#include "session/server_info.h"

namespace molva::session {

model::JsonFields ServerInfo::ToParams() const {
  return {{"ver", model::JsonText(version)},
          {"build", model::JsonText(build)},
          {"maxMessageSize", model::JsonNumber(max_message_size)},
          {"maxSubscriberCount", model::JsonNumber(max_subscriber_count)},
          {"minTagLength", model::JsonNumber(min_tag_length)},
          {"maxTagLength", model::JsonNumber(max_tag_length)},
          {"maxTagCount", model::JsonNumber(max_tag_count)},
          {"msgDelAge", model::JsonNumber(0)}};
}

}  // namespace molva::session
