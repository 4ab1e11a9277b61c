// Reads typed members out of JSON objects while checking everything passed on the way. Private to
// server/wire.
#pragma once

#include <absl/status/status.h>
#include <simdjson.h>

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/status_macros.h"
#include "base/strings.h"
#include "model/fault.h"
#include "model/raw_json.h"

namespace molva::wire {

using JsonValue = simdjson::ondemand::value;

// A kMalformed refusal.
inline absl::Status Malformed(std::string_view detail) {
  return model::Fail(model::Fault::kMalformed, detail);
}

// One member that a caller wants: its key and where the value goes.
template <typename T>
struct Member {
  std::string_view key;
  T* into;
};
template <typename T>
Member(const char*, T*) -> Member<T>;

// Base64 text in the standard or the URL alphabet, decoded.
struct Base64Text {
  std::string bytes;
};

// A cursor over one document, counting its depth.
//
// Thread: that of its document. A failed read leaves the document unusable: give up.
class JsonReader {
 public:
  explicit JsonReader(int max_depth) : max_depth_(max_depth) {}

  // Reads an object: each member found is stored, nulls and strangers are checked and left.
  template <typename... T>
  absl::Status Object(JsonValue value, Member<T>... members);
  // Calls `on_member(key, value)` for each member; it must consume the value.
  template <typename OnMember>
  absl::Status EachMember(JsonValue value, OnMember on_member);
  // Calls `on_item(value)` for each element of an array; it must consume the value.
  template <typename OnItem>
  absl::Status EachItem(JsonValue value, OnItem on_item);

  // Checks a whole value that nobody wants.
  absl::Status Check(JsonValue value);
  // Checks a value and returns its bytes.
  absl::Status Raw(JsonValue value, model::RawJson& out);

 private:
  template <typename T>
  bool Take(std::string_view key, JsonValue value, Member<T> member, absl::Status& status);
  absl::Status Enter();

  int depth_ = 0;
  const int max_depth_;
};

absl::Status Read(JsonReader& in, JsonValue value, std::string& out);
absl::Status Read(JsonReader& in, JsonValue value, bool& out);
absl::Status Read(JsonReader& in, JsonValue value, std::int32_t& out);
absl::Status Read(JsonReader& in, JsonValue value, Base64Text& out);
absl::Status Read(JsonReader& in, JsonValue value, model::RawJson& out);
absl::Status Read(JsonReader& in, JsonValue value, model::JsonFields& out);

template <typename T>
absl::Status Read(JsonReader& in, JsonValue value, std::optional<T>& out) {
  return Read(in, value, out.emplace());
}

template <typename T>
absl::Status Read(JsonReader& in, JsonValue value, std::vector<T>& out) {
  out.clear();
  return in.EachItem(value, [&](JsonValue item) { return Read(in, item, out.emplace_back()); });
}

template <typename OnMember>
absl::Status JsonReader::EachMember(JsonValue value, OnMember on_member) {
  MOLVA_RETURN_IF_ERROR(Enter());
  simdjson::ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return Malformed("not an object");
  for (auto field : object) {
    std::string_view key;
    JsonValue member;
    if (field.unescaped_key().get(key) != simdjson::SUCCESS) return Malformed("bad key");
    if (field.value().get(member) != simdjson::SUCCESS) return Malformed("bad member");
    MOLVA_RETURN_IF_ERROR(on_member(key, member));
  }
  --depth_;
  return absl::OkStatus();
}

template <typename OnItem>
absl::Status JsonReader::EachItem(JsonValue value, OnItem on_item) {
  MOLVA_RETURN_IF_ERROR(Enter());
  simdjson::ondemand::array array;
  if (value.get_array().get(array) != simdjson::SUCCESS) return Malformed("not an array");
  for (auto element : array) {
    JsonValue item;
    if (element.get(item) != simdjson::SUCCESS) return Malformed("bad array element");
    MOLVA_RETURN_IF_ERROR(on_item(item));
  }
  --depth_;
  return absl::OkStatus();
}

template <typename T>
bool JsonReader::Take(std::string_view key, JsonValue value, Member<T> member,
                      absl::Status& status) {
  if (key != member.key) return false;
  status = Read(*this, value, *member.into);
  return true;
}

template <typename... T>
absl::Status JsonReader::Object(JsonValue value, Member<T>... members) {
  return EachMember(value, [&](std::string_view key, JsonValue member) -> absl::Status {
    bool null = false;
    if (member.is_null().get(null) != simdjson::SUCCESS) return Malformed("bad literal");
    if (null) return absl::OkStatus();
    absl::Status status;
    if ((Take(key, member, members, status) || ...)) return status;
    const std::string lower = base::AsciiLower(key);
    if (lower != key && (Take(lower, member, members, status) || ...)) return status;
    return Check(member);
  });
}

}  // namespace molva::wire
