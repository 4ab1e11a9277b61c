// What is judged before it takes effect, and what may become of it.
#pragma once

#include <absl/time/time.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/raw_json.h"

namespace molva::moderation {

enum class Subject : std::uint8_t { kMessage, kAccount, kContact };

// Something that somebody wants to do. Absent parts are empty.
struct Case {
  Subject subject = Subject::kMessage;
  absl::Time when;
  std::string topic;   // as the node names it
  std::string author;  // as clients write him
  std::string origin;  // the domain of his server; empty: this one
  std::string peer;    // of a contact: whom he asks
  model::JsonFields head;
  model::RawJson content;  // of an account: the public card
  std::string replaces;    // of an edit: head.replace
  std::vector<std::string> files;
  std::vector<std::string> tags;
  bool is_new = false;  // of an account
};

// kUnavailable: the judge failed, and its operator wants nothing to pass then.
enum class Ruling : std::uint8_t { kAccept, kDrop, kRefuse, kQuarantine, kReplace, kUnavailable };

struct Verdict {
  Ruling ruling = Ruling::kAccept;
  std::string by;      // the plugin; empty if nobody objected
  std::string reason;  // one line, at most kMaxReasonBytes
  // Of kReplace; absent: as it was.
  model::JsonFields head;
  model::RawJson content;
  bool has_head = false;
};

inline constexpr std::size_t kMaxReasonBytes = 256;

}  // namespace molva::moderation
