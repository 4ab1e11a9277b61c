// What is pushed to people who are not here. Source: docs/protocol behaviour §17 and
// plugin-and-backend §6.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/access_mode.h"
#include "model/raw_json.h"
#include "model/seq_range.h"
#include "model/user_id.h"

namespace molva::push {

enum class What : std::uint8_t { kMessage, kSubscription, kRead };

struct Payload {
  What what = What::kMessage;
  std::string from;  // user id as clients write it; empty: not told
  absl::Time when;
  model::SeqId seq = 0;
  std::string mime;        // of kMessage: head.mime
  model::RawJson content;  // of kMessage
  std::string webrtc;      // of a call: head.webrtc
  bool is_audio_only = false;
  std::string replaces;  // of an edit: head.replace
  model::AccessMode want;
  model::AccessMode given;
};

// One device of a user, as the client named it.
struct Device {
  std::string id;  // what the push service knows it by
  std::string platform;
  std::string language;
  absl::Time last_seen;
};

struct Recipient {
  model::UserId user;
  std::string topic;       // as this user names it
  bool is_silent = false;  // he has it already, or need not be woken
  std::int32_t unread = 0;
  std::vector<Device> devices;  // never empty
};

// One event for all it concerns. Shared by all pushers.
struct Receipt {
  Payload payload;
  std::vector<Recipient> recipients;
  std::string channel;  // chn name: also to whoever follows this push topic; may be empty
};
using ReceiptPtr = std::shared_ptr<const Receipt>;

// Takes receipts. plugin::PushPlugin is the implementation.
//
// Thread: any. Never blocks: a full queue drops the receipt and counts it.
class Pusher {
 public:
  virtual ~Pusher() = default;
  virtual void Push(ReceiptPtr receipt) = 0;
};

}  // namespace molva::push
