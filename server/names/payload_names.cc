#include "names/payload_names.h"

#include <utility>

#include "base/status_macros.h"
#include "base/strings.h"
#include "names/name_places.h"

namespace molva::names {
namespace {

constexpr std::size_t kKindBytes = 3;

struct PlainName {
  std::string local;   // "usr…", "grp…" or "chn…"
  std::string domain;  // empty: bare
};

std::optional<PlainName> ParseName(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::string_view local = text.substr(0, at);
  const std::string_view prefix = local.substr(0, kKindBytes);
  if (prefix != "usr" && prefix != "grp" && prefix != "chn") return std::nullopt;
  const std::optional<std::uint64_t> id = base::DecodeId(local.substr(kKindBytes));
  if (!id.has_value() || *id == 0) return std::nullopt;
  PlainName name{std::string(prefix) + base::EncodeId(*id), ""};
  if (at != text.npos) {
    std::optional<std::string> domain = NormaliseDomain(text.substr(at + 1));
    if (!domain.has_value()) return std::nullopt;
    name.domain = *std::move(domain);
  }
  return name;
}

// The JSON string at `place` with `name` for the one that stands there. If the name can be found in
// the bytes all the others stay.
std::string WithName(std::string_view json, const NamePlace& place, std::string_view name) {
  const std::string_view raw = json.substr(place.begin, place.size_bytes);
  const std::string_view text = place.text;
  const std::size_t name_end = place.name_begin + place.name_size;
  if (raw.substr(1).starts_with(text.substr(0, name_end))) {
    std::string changed(raw.substr(0, 1 + place.name_begin));
    changed += name;
    changed += raw.substr(1 + name_end);
    return changed;
  }
  std::string changed;
  model::AppendJsonText(
      changed,
      std::string(text.substr(0, place.name_begin)).append(name).append(text.substr(name_end)));
  return changed;
}

// Turns one name into how it shall be written. A refusal ends the whole.
class Direction {
 public:
  explicit Direction(const std::string& domain) : domain_(domain) {}
  virtual ~Direction() = default;
  // The new bytes of the JSON string at `place`, which holds `name`.
  virtual absl::StatusOr<std::string> Rewrite(std::string_view json, const NamePlace& place,
                                              const PlainName& name) const = 0;

 protected:
  std::string Global(const PlainName& name) const {
    return name.local + '@' + (name.domain.empty() ? domain_ : name.domain);
  }
  const std::string& domain_;
};

class Outward final : public Direction {
 public:
  using Direction::Direction;
  absl::StatusOr<std::string> Rewrite(std::string_view json, const NamePlace& place,
                                      const PlainName& name) const override {
    return WithName(json, place, Global(name));
  }
};

class Inward final : public Direction {
 public:
  using Direction::Direction;
  absl::StatusOr<std::string> Rewrite(std::string_view json, const NamePlace& place,
                                      const PlainName& name) const override {
    if (name.domain.empty()) return absl::InvalidArgumentError("a name without its domain");
    const std::string_view raw = json.substr(place.begin, place.size_bytes);
    if (WithName(json, place, Global(name)) != raw) {
      return absl::InvalidArgumentError("a name in an odd spelling");
    }
    return name.domain == domain_ ? WithName(json, place, name.local) : std::string(raw);
  }
};

absl::Status RewriteAll(const std::optional<std::vector<NamePlace>>& places,
                        const Direction& direction, model::RawJson& json) {
  if (!places.has_value()) return absl::InvalidArgumentError("not JSON");
  std::string changed;
  std::size_t copied = 0;
  for (const NamePlace& place : *places) {
    const std::optional<PlainName> name =
        ParseName(std::string_view(place.text).substr(place.name_begin, place.name_size));
    if (!name.has_value()) continue;
    MOLVA_ASSIGN_OR_RETURN(const std::string text, direction.Rewrite(json.text, place, *name));
    changed.append(json.text, copied, place.begin - copied);
    changed += text;
    copied = place.begin + place.size_bytes;
  }
  if (copied == 0) return absl::OkStatus();
  changed.append(json.text, copied);
  json.text = std::move(changed);
  return absl::OkStatus();
}

}  // namespace

void Globalise(const NameBook& names, model::JsonFields& head, model::RawJson& content) {
  if (!names.is_federated()) return;
  const Outward outward(names.domain());
  // Going out nothing is refused but what is no JSON, which stays as it is.
  for (auto& [key, value] : head) {
    RewriteAll(FindPlacesInHead(key, value), outward, value).IgnoreError();
  }
  RewriteAll(FindPlacesInContent(content), outward, content).IgnoreError();
}

absl::Status Localise(const NameBook& names, model::JsonFields& head, model::RawJson& content) {
  if (!names.is_federated()) return absl::OkStatus();
  const Inward inward(names.domain());
  model::JsonFields local_head = head;
  for (auto& [key, value] : local_head) {
    MOLVA_RETURN_IF_ERROR(RewriteAll(FindPlacesInHead(key, value), inward, value));
  }
  MOLVA_RETURN_IF_ERROR(RewriteAll(FindPlacesInContent(content), inward, content));
  head = std::move(local_head);
  return absl::OkStatus();
}

}  // namespace molva::names
