#include "wire/json_value.h"

#include "wire/json_reader.h"

namespace molva::wire {
namespace {

constexpr int kLevelsAbove = 2;

}  // namespace

absl::Status JsonValueChecker::Read(std::string_view text, model::RawJson& out) {
  if (text.empty()) return absl::OkStatus();
  // As the one element of an array a scalar needs no treatment of its own.
  buffer_.clear();
  buffer_ += '[';
  buffer_ += text;
  buffer_ += ']';
  const std::size_t size = buffer_.size();
  buffer_.append(simdjson::SIMDJSON_PADDING, '\0');
  simdjson::ondemand::document document;
  if (parser_.iterate(buffer_.data(), size, buffer_.size()).get(document) != simdjson::SUCCESS) {
    return Malformed("not JSON in UTF-8");
  }
  JsonValue root;
  if (document.get_value().get(root) != simdjson::SUCCESS) return Malformed("not JSON");
  JsonReader reader(max_depth_ - kLevelsAbove + 1);
  int values = 0;
  MOLVA_RETURN_IF_ERROR(reader.EachItem(root, [&](JsonValue item) -> absl::Status {
    if (++values > 1) return Malformed("several JSON values");
    return reader.Raw(item, out);
  }));
  const char* rest = nullptr;
  if (values != 1 || document.current_location().get(rest) == simdjson::SUCCESS) {
    return Malformed("not one JSON value");
  }
  return absl::OkStatus();
}

}  // namespace molva::wire
