#include "search/message_text.h"

#include <charconv>

#include "search/utf8.h"

namespace molva::search {
namespace {

constexpr std::size_t kMaxTextBytes = 32 * 1024;
constexpr std::string_view kDrafty = "text/x-drafty";
constexpr std::string_view kPlain = "text/plain";

}  // namespace

std::string TextOf(const model::JsonFields& head, const model::RawJson& content) {
  if (const model::RawJson* mime = model::FindField(head, "mime")) {
    const std::string type = model::ParseJsonText(*mime).value_or("");
    if (type != kDrafty && type != kPlain) return {};
  }
  if (auto text = model::ParseJsonText(content)) return Cut(*std::move(text), kMaxTextBytes);
  const model::JsonFields document = model::ParseJsonFields(content);
  const model::RawJson* text = model::FindField(document, "txt");
  return text == nullptr ? std::string()
                         : Cut(model::ParseJsonText(*text).value_or(""), kMaxTextBytes);
}

model::SeqId ReplacedBy(const model::JsonFields& head) {
  const model::RawJson* value = model::FindField(head, "replace");
  const std::string text = value == nullptr ? "" : model::ParseJsonText(*value).value_or("");
  if (!text.starts_with(':')) return 0;
  model::SeqId seq = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data() + 1, end, seq);
  return error == std::errc() && at == end && seq > 0 ? seq : 0;
}

}  // namespace molva::search
