#include "presence/notice.h"

namespace molva::presence {

std::string_view WordOf(What what) {
  switch (what) {
    case What::kOn:
      return "on";
    case What::kOff:
      return "off";
    case What::kUa:
      return "ua";
    case What::kUpd:
      return "upd";
    case What::kTags:
      return "tags";
    case What::kAcs:
      return "acs";
    case What::kGone:
      return "gone";
    case What::kMsg:
      return "msg";
    case What::kRead:
      return "read";
    case What::kRecv:
      return "recv";
    case What::kDel:
      return "del";
    case What::kAskStatus:
    case What::kAddOnly:
    case What::kInfo:
      break;
  }
  return "";
}

}  // namespace molva::presence
