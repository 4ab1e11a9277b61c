#include "model/topic_name.h"

#include "base/strings.h"
#include "model/fault.h"

namespace molva::model {
namespace {

std::optional<TopicKind> KindOfPrefix(std::string_view prefix) {
  if (prefix == "usr") return TopicKind::kMe;
  if (prefix == "fnd") return TopicKind::kFnd;
  if (prefix == "slf") return TopicKind::kSlf;
  if (prefix == "grp") return TopicKind::kGroup;
  return std::nullopt;
}

absl::StatusOr<TopicName> ParseP2p(std::string_view ids) {
  const std::optional<std::string> raw = base::DecodeBase64(ids);
  if (!raw.has_value() || raw->size() != 16) return absl::InvalidArgumentError("not a p2p name");
  std::uint64_t parts[2] = {0, 0};
  for (int i = 15; i >= 0; --i) {
    parts[i / 8] = parts[i / 8] << 8 | static_cast<unsigned char>((*raw)[i]);
  }
  if (parts[0] == 0 || parts[0] >= parts[1]) return absl::InvalidArgumentError("not a p2p name");
  return TopicName::P2p(UserId::FromBits(parts[0]), UserId::FromBits(parts[1]));
}

}  // namespace

absl::StatusOr<TopicName> TopicName::Parse(std::string_view text) {
  if (text == "sys") return Sys();
  const std::string_view prefix = text.substr(0, 3);
  if (prefix == "p2p") return ParseP2p(text.substr(3));
  const std::optional<TopicKind> kind = KindOfPrefix(prefix);
  const std::optional<std::uint64_t> bits =
      kind.has_value() ? base::DecodeId(text.substr(3)) : std::nullopt;
  if (!bits.has_value() || *bits == 0) return absl::InvalidArgumentError("not a topic name");
  return TopicName(*kind, *bits, 0);
}

std::string TopicName::ToString() const {
  switch (kind_) {
    case TopicKind::kMe:
      return "usr" + base::EncodeId(first_);
    case TopicKind::kFnd:
      return "fnd" + base::EncodeId(first_);
    case TopicKind::kSlf:
      return "slf" + base::EncodeId(first_);
    case TopicKind::kGroup:
      return "grp" + base::EncodeId(first_);
    case TopicKind::kSys:
      return "sys";
    case TopicKind::kP2p:
      break;
  }
  std::string raw(16, '\0');
  for (int i = 0; i < 8; ++i) {
    raw[i] = static_cast<char>((first_ >> (8 * i)) & 0xff);
    raw[8 + i] = static_cast<char>((second_ >> (8 * i)) & 0xff);
  }
  std::string text = base::EncodeBase64(raw);
  while (text.back() == '=') text.pop_back();
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return "p2p" + text;
}

std::string TopicName::ClientName(UserId viewer) const {
  switch (kind_) {
    case TopicKind::kMe:
      return "me";
    case TopicKind::kFnd:
      return "fnd";
    case TopicKind::kSlf:
      return "slf";
    case TopicKind::kP2p:
      return PeerOf(viewer).ToString();
    case TopicKind::kGroup:
    case TopicKind::kSys:
      break;
  }
  return ToString();
}

std::uint64_t TopicName::StableHash() const {
  // The finaliser of SplitMix64 over the three parts.
  std::uint64_t hash = first_ * 0x9e3779b97f4a7c15ULL ^ second_ ^ static_cast<std::uint64_t>(kind_);
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9ULL;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111ebULL;
  return hash ^ (hash >> 31);
}

absl::StatusOr<ResolvedTopic> ResolveTopic(std::string_view text, UserId self) {
  using Form = ResolvedTopic::Form;
  if (text.empty()) return Fail(Fault::kMalformed, "empty topic");
  if (text == "me") return ResolvedTopic{Form::kExisting, TopicName::Me(self), false};
  if (text == "fnd") return ResolvedTopic{Form::kExisting, TopicName::Fnd(self), false};
  if (text == "slf") return ResolvedTopic{Form::kExisting, TopicName::Slf(self), false};
  if (text == "sys") return ResolvedTopic{Form::kExisting, TopicName::Sys(), false};
  const std::string_view prefix = text.substr(0, 3);
  if (prefix == "new") return ResolvedTopic{Form::kNewGroup, {}, false};
  if (prefix == "nch") return ResolvedTopic{Form::kNewChannel, {}, false};
  if (prefix == "usr") {
    const absl::StatusOr<UserId> peer = UserId::Parse(text);
    if (!peer.ok()) return Fail(Fault::kMalformed, "not a user id");
    if (*peer == self) return Fail(Fault::kPermissionDenied, "a topic with oneself");
    return ResolvedTopic{Form::kExisting, TopicName::P2p(self, *peer), false};
  }
  if (prefix == "grp" || prefix == "chn") {
    const std::optional<std::uint64_t> bits = base::DecodeId(text.substr(3));
    if (bits.has_value() && *bits != 0) {
      return ResolvedTopic{Form::kExisting, TopicName::Group(*bits), prefix == "chn"};
    }
  }
  return Fail(Fault::kTopicNotFound, "no topic has such a name");
}

}  // namespace molva::model
