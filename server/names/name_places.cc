#include "names/name_places.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

namespace molva::names {
namespace {

using simdjson::ondemand::json_type;
using Value = simdjson::ondemand::value;
using Places = std::vector<NamePlace>;

bool IsA(Value& value, json_type wanted) {
  json_type type;
  return value.type().get(type) == simdjson::SUCCESS && type == wanted;
}

// These call their second argument for each part until one returns false: then, and for what cannot
// be read, they return false too. A value of another type has no parts.
template <typename OnMember>
bool EachMember(Value value, OnMember on_member) {
  if (!IsA(value, json_type::object)) return true;
  simdjson::ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return false;
  for (auto field : object) {
    std::string_view key;
    Value member;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS ||
        field.value().get(member) != simdjson::SUCCESS || !on_member(key, member)) {
      return false;
    }
  }
  return true;
}
template <typename OnItem>
bool EachItem(Value value, OnItem on_item) {
  if (!IsA(value, json_type::array)) return true;
  simdjson::ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return false;
  for (auto element : array) {
    Value item;
    if (element.get(item) != simdjson::SUCCESS || !on_item(item)) return false;
  }
  return true;
}

// What part of a text is the name.
void TakeWhole(NamePlace& place) { place.name_size = place.text.size(); }
void TakeUpToColon(NamePlace& place) {
  const auto colon = std::find(place.text.begin(), place.text.end(), ':');
  place.name_size = static_cast<std::size_t>(colon - place.text.begin());
}
// "tinode:///id/usr…" as the SDK reads it: what follows the last slash, if "id" stands before it.
void TakeFromUri(NamePlace& place) {
  const std::size_t slash = place.text.rfind('/');
  if (place.text.starts_with("tinode:") && slash != std::string::npos) {
    if (!std::string_view(place.text).substr(0, slash).ends_with("/id") &&
        std::string_view(place.text).substr(0, slash) != "tinode:id") {
      return;
    }
    place.name_begin = slash + 1;
  }
  place.name_size = place.text.size() - place.name_begin;
}

// Reads the places of one JSON value.
class PlaceFinder {
 public:
  explicit PlaceFinder(const model::RawJson& json) : padded_(Wrap(json.text)) {}

  // Hands the value to `read`, which adds to places() and returns false for what cannot be read.
  template <typename Read>
  std::optional<Places> Find(Read read) {
    simdjson::ondemand::document document;
    Value root;
    if (parser_.iterate(padded_).get(document) != simdjson::SUCCESS ||
        document.get_value().get(root) != simdjson::SUCCESS || !EachItem(root, read)) {
      return std::nullopt;
    }
    std::sort(places_.begin(), places_.end(),
              [](const NamePlace& a, const NamePlace& b) { return a.begin < b.begin; });
    return std::move(places_);
  }

  // Reads `value` into `place`; false if it is a broken string. Other values make an empty place.
  bool ReadText(Value value, NamePlace& place) const {
    if (!IsA(value, json_type::string)) return true;
    std::string_view token = value.raw_json_token();
    std::string_view text;
    if (value.get_string().get(text) != simdjson::SUCCESS) return false;
    token = token.substr(0, token.rfind('"') + 1);
    place.begin = static_cast<std::size_t>(token.data() - padded_.data()) - 1;
    place.size_bytes = token.size();
    place.text = text;
    return true;
  }
  bool AddText(Value value, void (*take_name)(NamePlace&)) {
    NamePlace place;
    if (!ReadText(value, place)) return false;
    Add(std::move(place), take_name);
    return true;
  }
  void Add(NamePlace place, void (*take_name)(NamePlace&)) {
    take_name(place);
    if (place.name_size > 0) places_.push_back(std::move(place));
  }

 private:
  // As the one element of an array a scalar needs no treatment of its own.
  static simdjson::padded_string Wrap(std::string_view text) {
    std::string wrapped;
    wrapped.reserve(text.size() + 2);
    wrapped += '[';
    wrapped += text;
    wrapped += ']';
    return simdjson::padded_string(wrapped);
  }

  simdjson::padded_string padded_;
  simdjson::ondemand::parser parser_;
  Places places_;
};

// What an entity's data may hold; which of it counts depends on the entity's type, which may come
// last.
struct EntityData {
  std::vector<NamePlace> values;
  std::vector<NamePlace> contacts;
};

// One way to reach somebody: {"proto": "tinode", "value": …}.
bool ReadContact(const PlaceFinder& finder, Value contact, EntityData& data) {
  NamePlace proto;
  NamePlace value;
  bool is_ours = false;
  const bool ok = EachMember(contact, [&](std::string_view key, Value member) {
    if (key == "value") return finder.ReadText(member, value);
    if (key != "proto") return true;
    if (!finder.ReadText(member, proto)) return false;
    is_ours |= proto.text == "tinode";
    return true;
  });
  if (is_ours) data.contacts.push_back(std::move(value));
  return ok;
}

bool ReadData(const PlaceFinder& finder, Value value, EntityData& data) {
  return EachMember(value, [&](std::string_view key, Value member) {
    if (key == "val") return finder.ReadText(member, data.values.emplace_back());
    if (key != "comm") return true;
    return EachItem(member, [&](Value item) { return ReadContact(finder, item, data); });
  });
}

bool ReadEntity(PlaceFinder& finder, Value entity) {
  EntityData data;
  bool is_mention = false;
  bool is_card = false;
  const bool ok = EachMember(entity, [&](std::string_view key, Value member) {
    if (key == "data") return ReadData(finder, member, data);
    if (key != "tp") return true;
    NamePlace type;
    if (!finder.ReadText(member, type)) return false;
    is_mention |= type.text == "MN";
    is_card |= type.text == "TC";
    return true;
  });
  if (is_mention) {
    for (NamePlace& place : data.values) finder.Add(std::move(place), TakeWhole);
  }
  if (is_card) {
    for (NamePlace& place : data.contacts) finder.Add(std::move(place), TakeFromUri);
  }
  return ok;
}

// Whether an entity of these types can be there at all. An escaped letter is \u00 and two digits.
bool MayHaveNames(std::string_view text) {
  return text.find(R"("MN")") != text.npos || text.find(R"("TC")") != text.npos ||
         text.find(R"(\u00)") != text.npos;
}

}  // namespace

std::optional<Places> FindPlacesInHead(std::string_view key, const model::RawJson& value) {
  const bool has_users = key == "mentions" || key == "sender";
  const bool has_topic = key == "forwarded" || key == "reply" || key == "thread";
  if (!has_users && !has_topic) return Places{};
  PlaceFinder finder(value);
  return finder.Find([&](Value root) {
    if (has_topic) return finder.AddText(root, TakeUpToColon);
    if (IsA(root, json_type::string)) return finder.AddText(root, TakeWhole);
    return EachItem(root, [&](Value item) { return finder.AddText(item, TakeWhole); });
  });
}

std::optional<Places> FindPlacesInContent(const model::RawJson& content) {
  if (!content.text.starts_with('{') || !MayHaveNames(content.text)) return Places{};
  PlaceFinder finder(content);
  return finder.Find([&](Value root) {
    return EachMember(root, [&](std::string_view key, Value member) {
      if (key != "ent") return true;
      return EachItem(member, [&](Value entity) { return ReadEntity(finder, entity); });
    });
  });
}

}  // namespace molva::names
