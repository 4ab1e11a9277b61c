#include "clients/cli/printer.h"

#include <absl/time/time.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>

namespace molva::cli {
namespace {

std::string_view CodeOf(Colour colour) {
  switch (colour) {
    case Colour::kDim:
      return "\x1b[2m";
    case Colour::kGreen:
      return "\x1b[32m";
    case Colour::kCyan:
      return "\x1b[36m";
    case Colour::kYellow:
      return "\x1b[33m";
    case Colour::kNone:
      break;
  }
  return "";
}

std::string LocalTime(std::int64_t unix_millis) {
  return absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixMillis(unix_millis),
                          absl::LocalTimeZone());
}

// The number of the message that this one is an edit of; empty if it is none.
std::string Replaced(const molva::v1::ServerData& message) {
  const auto at = message.head().find("replace");
  if (at == message.head().end()) return "";
  const std::string text = FindText(at->second, "").value_or("");
  return text.starts_with(':') ? text.substr(1) : "";
}

}  // namespace

Printer::Printer(OutputForm form) : form_(form), colours_(::isatty(STDOUT_FILENO) != 0) {}

void Printer::Write(std::string_view line) const {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
  std::fflush(stdout);
}

void Printer::Line(std::string_view text) const {
  if (!is_json()) Write(text);
}

void Printer::Object(const JsonObject& object) const {
  if (is_json()) Write(object.Line());
}

void Printer::Message(const molva::v1::ServerData& message, std::string_view name) const {
  const std::string text = PlainText(message.content());
  const std::string replaces = Replaced(message);
  if (is_json()) {
    return Object(JsonObject()
                      .Text("topic", message.topic())
                      .Number("seq", message.seq_id())
                      .OptionalText("from", message.from_user_id())
                      .Text("name", name)
                      .Time("ts", message.timestamp())
                      .OptionalText("replaces", replaces)
                      .Text("text", text)
                      .Raw("content", message.content()));
  }
  std::string name_and_mark = Harmless(name);
  if (!replaces.empty()) name_and_mark += fmt::format(" (instead of {})", Harmless(replaces));
  Write(fmt::format("{} {} {}", Paint(Colour::kDim, LocalTime(message.timestamp())),
                    Paint(Colour::kCyan, name_and_mark + ":"), Harmless(text)));
}

std::string Printer::Paint(Colour colour, std::string_view text) const {
  if (!colours_ || colour == Colour::kNone) return std::string(text);
  return fmt::format("{}{}\x1b[0m", CodeOf(colour), text);
}

std::string Harmless(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F steer terminals too; in UTF-8 they begin with C2.
    const bool c1 =
        byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (c1) ++i;
    const bool control = (byte < 0x20 && text[i] != '\n' && text[i] != '\t') || byte == 0x7f;
    out += c1 || control ? '?' : text[i];
  }
  return out;
}

std::string PlainText(const std::string& content) {
  if (auto text = FindText(content, "")) return *std::move(text);
  if (auto text = FindText(content, "/txt")) return *std::move(text);
  return content.empty() || content == "null" ? "" : "[" + content + "]";
}

std::string NameOnCard(const std::string& card, std::string_view otherwise) {
  return FindText(card, "/fn").value_or(std::string(otherwise));
}

}  // namespace molva::cli
