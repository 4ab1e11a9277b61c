// The body of a push message, which only the device can read: RFC 8291 over RFC 8188.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ec_key.h"

namespace molva::push_web {

inline constexpr std::size_t kSaltBytes = 16;
inline constexpr std::size_t kAuthSecretBytes = 16;
inline constexpr std::size_t kMaxPlainBytes = 3993;  // one record of 4096

// What a device says about itself when it subscribes.
struct DeviceKeys {
  std::string public_key;   // 65 bytes, "p256dh"
  std::string auth_secret;  // 16 bytes, "auth"
};

// `sender` and `salt` are made for this one message.
// nullopt: the device's key is none, or `plain` is too long.
std::optional<std::string> Encrypt(std::string_view plain, const DeviceKeys& device,
                                   const EcKey& sender, std::string_view salt);

// With fresh ones.
std::optional<std::string> Encrypt(std::string_view plain, const DeviceKeys& device);

}  // namespace molva::push_web
