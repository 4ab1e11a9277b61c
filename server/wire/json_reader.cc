#include "wire/json_reader.h"

#include <limits>

namespace molva::wire {
namespace {

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

}  // namespace

absl::Status JsonReader::Enter() {
  if (++depth_ > max_depth_) return Malformed("nested too deeply");
  return absl::OkStatus();
}

absl::Status JsonReader::Check(JsonValue value) {
  simdjson::ondemand::json_type type;
  if (value.type().get(type) != simdjson::SUCCESS) return Malformed("not a value");
  bool ok = false;
  switch (type) {
    case simdjson::ondemand::json_type::object:
      return EachMember(value,
                        [this](std::string_view, JsonValue member) { return Check(member); });
    case simdjson::ondemand::json_type::array:
      return EachItem(value, [this](JsonValue item) { return Check(item); });
    case simdjson::ondemand::json_type::string:
      ok = value.get_string().error() == simdjson::SUCCESS;
      break;
    case simdjson::ondemand::json_type::number:
      ok = value.get_double().error() == simdjson::SUCCESS;
      break;
    case simdjson::ondemand::json_type::boolean:
      ok = value.get_bool().error() == simdjson::SUCCESS;
      break;
    case simdjson::ondemand::json_type::null: {
      bool null = false;
      ok = value.is_null().get(null) == simdjson::SUCCESS && null;
      break;
    }
  }
  return ok ? absl::OkStatus() : Malformed("bad scalar");
}

absl::Status JsonReader::Raw(JsonValue value, model::RawJson& out) {
  const char* begin = value.raw_json_token().data();
  MOLVA_RETURN_IF_ERROR(Check(value));
  // The cursor now stands on the comma or bracket that follows the value.
  const char* end = nullptr;
  if (value.current_location().get(end) != simdjson::SUCCESS) return Malformed("unfinished value");
  // In a packet that breaks off, the cursor may have gone past the end, where it points to the
  // start.
  if (end < begin) return Malformed("unfinished value");
  while (end > begin && IsBlank(end[-1])) --end;
  out.text.assign(begin, end);
  return absl::OkStatus();
}

absl::Status Read(JsonReader&, JsonValue value, std::string& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return Malformed("not a string");
  out.assign(text);
  return absl::OkStatus();
}

absl::Status Read(JsonReader&, JsonValue value, bool& out) {
  if (value.get_bool().get(out) != simdjson::SUCCESS) return Malformed("not a boolean");
  return absl::OkStatus();
}

absl::Status Read(JsonReader&, JsonValue value, std::int32_t& out) {
  std::int64_t number = 0;
  if (value.get_int64().get(number) != simdjson::SUCCESS) return Malformed("not an integer");
  if (number < std::numeric_limits<std::int32_t>::min() ||
      number > std::numeric_limits<std::int32_t>::max()) {
    return Malformed("integer beyond 32 bits");
  }
  out = static_cast<std::int32_t>(number);
  return absl::OkStatus();
}

absl::Status Read(JsonReader&, JsonValue value, Base64Text& out) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return Malformed("not a string");
  std::optional<std::string> bytes = base::DecodeBase64(text);
  if (!bytes.has_value()) return Malformed("not base64");
  out.bytes = *std::move(bytes);
  return absl::OkStatus();
}

absl::Status Read(JsonReader& in, JsonValue value, model::RawJson& out) {
  return in.Raw(value, out);
}

absl::Status Read(JsonReader& in, JsonValue value, model::JsonFields& out) {
  out.clear();
  return in.EachMember(value, [&](std::string_view key, JsonValue member) {
    // Reading the value reuses nothing of the key, but a repeated key must not appear twice.
    model::EraseField(out, key);
    out.emplace_back(std::string(key), model::RawJson{});
    return in.Raw(member, out.back().second);
  });
}

}  // namespace molva::wire
