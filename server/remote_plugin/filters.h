// Which requests and events a plugin wants to hear of, as its operator writes it.
#pragma once

#include <absl/status/statusor.h>

#include <bitset>
#include <string_view>

#include "model/request.h"
#include "wire/plugin_messages.h"

namespace molva::remote_plugin {

// Kinds of topics, as clients and events name them. A name without a kind is in none.
//
// Text form: words between commas of me fnd slf p2p grp chn sys new nch; empty: all.
class TopicKinds {
 public:
  // Errors: kInvalidArgument, naming the word.
  static absl::StatusOr<TopicKinds> Parse(std::string_view text);
  bool Has(std::string_view kind) const;

 private:
  std::bitset<9> kinds_;
};

// Text form: "packets;topics". Packets are words between commas of hi acc login sub leave pub get
//            set del note; an empty part means all. Topics are not asked of packets without one.
// Source:    docs/protocol plugin-and-backend §7.
class RequestRule {
 public:
  // Errors: kInvalidArgument, naming the word.
  static absl::StatusOr<RequestRule> Parse(std::string_view text);
  bool Matches(const model::Request& request) const;

 private:
  std::bitset<std::variant_size_v<decltype(model::Request::body)>> bodies_;
  TopicKinds topics_;
};

// Text form: "topics;CUD", or "CUD" for events of accounts; an empty part means all.
class EventRule {
 public:
  // Errors: kInvalidArgument, naming what is wrong.
  static absl::StatusOr<EventRule> Parse(std::string_view text);
  static absl::StatusOr<EventRule> ParseActions(std::string_view text);
  bool Matches(std::string_view topic, wire::Crud action) const;
  bool Matches(wire::Crud action) const;

 private:
  std::bitset<3> actions_;
  TopicKinds topics_;
};

}  // namespace molva::remote_plugin
