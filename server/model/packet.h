// The five replies of the protocol as plain values. Absent optional parts are empty values and are
// left out on the wire; docs/protocol messages §5 gives every field.
#pragma once

#include <absl/time/time.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/fault.h"
#include "model/raw_json.h"
#include "model/request.h"
#include "model/seq_range.h"

namespace molva::model {

struct Ctrl {
  std::string id;
  std::string topic;
  int code = 0;
  std::string text;
  JsonFields params;  // values ready as JSON
  absl::Time ts;
};

struct Data {
  std::string topic;
  std::string from;  // "" for channel readers and system messages
  absl::Time ts;
  SeqId seq = 0;
  JsonFields head;
  RawJson content;  // absent is written as null
};

struct AccessText {
  std::string want;
  std::string given;
  std::string mode;
};

struct LastSeen {
  absl::Time when;
  std::string user_agent;
};

struct MetaDesc {
  std::optional<absl::Time> created;
  std::optional<absl::Time> updated;
  std::optional<absl::Time> touched;
  std::string state;
  bool online = false;
  bool is_channel = false;
  std::optional<LastSeen> seen;
  std::optional<DefaultAccessText> default_access;
  std::optional<AccessText> access;
  SeqId seq = 0;
  SeqId read = 0;
  SeqId recv = 0;
  std::int32_t clear = 0;
  std::int32_t subscriber_count = 0;
  RawJson public_card;
  RawJson trusted;
  RawJson private_note;
};

struct MetaSub {
  std::string user;
  std::string topic;
  std::optional<absl::Time> updated;
  std::optional<absl::Time> deleted;
  std::optional<absl::Time> touched;
  bool online = false;
  // Always written (as {} if all three are empty) unless `omit_access`.
  AccessText access;
  bool omit_access = false;
  SeqId seq = 0;
  SeqId read = 0;
  SeqId recv = 0;
  std::int32_t clear = 0;
  std::int32_t subscriber_count = 0;
  std::optional<LastSeen> seen;
  RawJson public_card;
  RawJson trusted;
  RawJson private_note;
};

struct MetaDel {
  std::int32_t clear = 0;
  std::vector<SeqRange> ranges;  // hi is set; the encoders drop it for singles
};

struct MetaCredential {
  std::string method;
  std::string value;
  bool done = false;
};

// Carries exactly one of its parts.
struct Meta {
  std::string id;
  std::string topic;
  absl::Time ts;
  std::optional<MetaDesc> desc;
  std::vector<MetaSub> sub;
  std::optional<MetaDel> del;
  std::vector<std::string> tags;
  std::vector<MetaCredential> credentials;
  JsonFields aux;
};

struct Pres {
  std::string topic;
  std::string src;
  std::string what;  // on off ua upd tags aux acs gone term msg read recv del
  std::string user_agent;
  SeqId seq = 0;
  std::int32_t clear = 0;
  std::vector<SeqRange> ranges;
  std::string actor;
  std::string target;
  std::optional<AccessText> access_delta;  // `mode` unused
};

struct Info {
  std::string topic;
  std::string src;
  std::string from;
  std::string what;  // kp kpa kpv read recv call data
  SeqId seq = 0;
  std::string event;
  RawJson payload;
};

using Packet = std::variant<Ctrl, Data, Meta, Pres, Info>;

// A ctrl with the catalogue's code and text.
Ctrl MakeCtrl(Fault fault, std::string id, std::string topic, absl::Time ts,
              JsonFields params = {});

}  // namespace molva::model
