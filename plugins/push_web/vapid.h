// Shows a push service who sends: RFC 8292.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "ec_key.h"

namespace molva::push_web {

// Thread: one.
class Vapid {
 public:
  // `subject`: a mailto: or https: URL of the operator's.
  Vapid(EcKey key, std::string subject);

  // The value of the header Authorization for `origin` ("https://push.example"). Signed anew once
  // half of its life of 12 hours is over, otherwise as before. `now`: seconds since 1970.
  std::optional<std::string> AuthorizationFor(const std::string& origin, std::int64_t now);
  // What clients subscribe with, in base64url.
  std::string public_text() const;

 private:
  struct Signed {
    std::string value;
    std::int64_t renew_at = 0;
  };

  const EcKey key_;
  const std::string subject_;
  std::map<std::string, Signed> by_origin_;  // bounded: emptied when full
};

}  // namespace molva::push_web
