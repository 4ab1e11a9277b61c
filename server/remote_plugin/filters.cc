#include "remote_plugin/filters.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::remote_plugin {
namespace {

// In the order of the alternatives of Request::body; the first one is no packet.
constexpr std::array<std::string_view, 11> kPackets = {"",    "hi",  "acc", "login", "sub", "leave",
                                                       "pub", "get", "set", "del",   "note"};
static_assert(kPackets.size() == std::variant_size_v<decltype(model::Request::body)>);

constexpr std::array<std::string_view, 9> kTopics = {"me",  "fnd", "slf", "p2p", "grp",
                                                     "chn", "sys", "new", "nch"};
constexpr std::string_view kActions = "CUD";

template <std::size_t kSize>
absl::StatusOr<std::bitset<kSize>> ParseWords(std::string_view text, std::string_view what,
                                              const std::array<std::string_view, kSize>& known) {
  std::bitset<kSize> found;
  for (const std::string_view part : base::SplitWords(text, ',')) {
    const std::string_view word = base::TrimAscii(part);
    const auto at = std::find(known.begin(), known.end(), word);
    if (word.empty() || at == known.end()) {
      return absl::InvalidArgumentError(fmt::format("\"{}\" is not {}", word, what));
    }
    found.set(static_cast<std::size_t>(at - known.begin()));
  }
  if (found.none()) found.set();
  return found;
}

// The text before the first semicolon and the one behind it.
std::pair<std::string_view, std::string_view> Halves(std::string_view text) {
  const std::size_t at = text.find(';');
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// A user's id is what a client calls their topic of two, and what `me` is called inside.
std::string_view KindOf(std::string_view topic, std::string_view kind_of_user) {
  const std::string_view prefix = topic.substr(0, 3);
  return prefix == "usr" ? kind_of_user : prefix;
}

}  // namespace

absl::StatusOr<TopicKinds> TopicKinds::Parse(std::string_view text) {
  TopicKinds kinds;
  MOLVA_ASSIGN_OR_RETURN(kinds.kinds_, ParseWords(text, "a kind of topic", kTopics));
  return kinds;
}

bool TopicKinds::Has(std::string_view kind) const {
  if (kinds_.all()) return true;
  const auto at = std::find(kTopics.begin(), kTopics.end(), kind);
  return at != kTopics.end() && kinds_.test(static_cast<std::size_t>(at - kTopics.begin()));
}

absl::StatusOr<RequestRule> RequestRule::Parse(std::string_view text) {
  const auto [packets, topics] = Halves(text);
  RequestRule rule;
  MOLVA_ASSIGN_OR_RETURN(rule.bodies_, ParseWords(packets, "a packet", kPackets));
  MOLVA_ASSIGN_OR_RETURN(rule.topics_, TopicKinds::Parse(topics));
  rule.bodies_.reset(0);
  return rule;
}

bool RequestRule::Matches(const model::Request& request) const {
  if (!bodies_.test(request.body.index())) return false;
  const std::string_view topic = model::TopicOf(request);
  return topic.empty() || topics_.Has(KindOf(topic, "p2p"));
}

absl::StatusOr<EventRule> EventRule::Parse(std::string_view text) {
  const auto [topics, actions] = Halves(text);
  MOLVA_ASSIGN_OR_RETURN(EventRule rule, ParseActions(actions));
  MOLVA_ASSIGN_OR_RETURN(rule.topics_, TopicKinds::Parse(topics));
  return rule;
}

absl::StatusOr<EventRule> EventRule::ParseActions(std::string_view text) {
  EventRule rule;
  for (const char letter : base::TrimAscii(text)) {
    const std::size_t at = kActions.find(letter);
    if (at == std::string_view::npos) {
      return absl::InvalidArgumentError(fmt::format("\"{}\" is not made of C, U and D", text));
    }
    rule.actions_.set(at);
  }
  if (rule.actions_.none()) rule.actions_.set();
  MOLVA_ASSIGN_OR_RETURN(rule.topics_, TopicKinds::Parse(""));
  return rule;
}

bool EventRule::Matches(std::string_view topic, wire::Crud action) const {
  return Matches(action) && topics_.Has(KindOf(topic, "me"));
}

bool EventRule::Matches(wire::Crud action) const {
  return actions_.test(static_cast<std::size_t>(action));
}

}  // namespace molva::remote_plugin
