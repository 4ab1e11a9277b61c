#include "topic/fnd_hits.h"

#include <algorithm>

#include "base/strings.h"
#include "names/domain.h"
#include "topic/access_rules.h"

namespace molva::topic {

using model::TopicKind;

std::string IdOf(const names::NameBook& names, const store::TagHit& hit) {
  if (const auto* user = std::get_if<store::UserRecord>(&hit.what)) return names.TextOf(user->id);
  const auto& topic = std::get<store::TopicRecord>(hit.what);
  return topic.is_channel ? names.TextOfChannel(topic.name) : names.TextOfGroup(topic.name);
}

std::optional<Address> AddressIn(const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0 || text.find_first_of(" ,\"") != std::string::npos) {
    return std::nullopt;
  }
  std::optional<std::string> domain = names::NormaliseDomain(std::string_view(text).substr(at + 1));
  if (!domain.has_value()) return std::nullopt;
  return Address{base::AsciiLower(text.substr(0, at)), *std::move(domain)};
}

model::MetaSub EntryFor(const TopicEnv& env, model::AuthLevel level, const store::TagHit& hit) {
  model::MetaSub entry;
  entry.topic = IdOf(env.names, hit);
  entry.private_note = model::JsonTextArray(hit.matched);
  std::visit(
      [&](const auto& found) {
        constexpr bool kIsUser = std::is_same_v<std::decay_t<decltype(found)>, store::UserRecord>;
        const TopicKind kind = kIsUser ? TopicKind::kP2p : TopicKind::kGroup;
        entry.updated = found.updated;
        entry.public_card = found.public_card;
        entry.trusted = found.trusted;
        entry.access.mode =
            DefaultFor(kind, found.access, level, env.limits.most_in_p2p).ToString();
        if constexpr (!kIsUser) {
          entry.subscriber_count = found.subscriber_count;
          if (found.is_channel) entry.access.mode = model::access::kReader.ToString();
        }
      },
      hit.what);
  return entry;
}

bool HasAll(const store::UserRecord& user, const std::vector<std::string>& tags) {
  return std::all_of(tags.begin(), tags.end(), [&user](const std::string& tag) {
    return std::find(user.tags.begin(), user.tags.end(), tag) != user.tags.end();
  });
}

}  // namespace molva::topic
