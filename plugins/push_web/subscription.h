// What a browser is reached by.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "encryption.h"

namespace molva::push_web {

struct Subscription {
  std::string endpoint;  // an https URL without user name and fragment
  std::string origin;    // "https://push.example"
  DeviceKeys keys;
};

enum class Ports { kStandard, kAny };

// Reads a device id: the JSON of a PushSubscription, or "<endpoint> <p256dh> <auth>". nullopt: it
// is no Web Push device, or one that must not be reached (not https, another port than 443).
std::optional<Subscription> ParseSubscription(std::string_view device_id, Ports ports);

}  // namespace molva::push_web
