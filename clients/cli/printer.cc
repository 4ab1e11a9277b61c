#include "clients/cli/printer.h"

#include <absl/time/time.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "clients/cli/attachments.h"

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

// The text of a key of `head`; empty if there is none.
std::string HeadText(const molva::v1::ServerData& message, const std::string& key) {
  const auto at = message.head().find(key);
  return at == message.head().end() ? "" : FindText(at->second, "").value_or("");
}

// The number of a message of the same topic in `head`; empty if there is none.
std::string HeadSeq(const molva::v1::ServerData& message, const std::string& key) {
  const std::string text = HeadText(message, key);
  return text.starts_with(':') ? text.substr(1) : "";
}

// What stands between the name and the colon.
std::string Marks(const molva::v1::ServerData& message) {
  std::string marks;
  for (const auto& [key, word] : {std::pair("replace", "instead of"), std::pair("reply", "to")}) {
    const std::string seq = HeadSeq(message, key);
    if (!seq.empty()) marks += fmt::format(" ({} {})", word, Harmless(seq));
  }
  return marks;
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

JsonObject MessageObject(const molva::v1::ServerData& message, std::string_view name) {
  JsonObject object;
  object.Text("topic", message.topic())
      .Number("seq", message.seq_id())
      .OptionalText("from", message.from_user_id())
      .Text("name", name)
      .Time("ts", message.timestamp())
      .OptionalText("replaces", HeadSeq(message, "replace"))
      .OptionalText("reply", HeadSeq(message, "reply"))
      .OptionalText("forwarded", HeadText(message, "forwarded"));
  if (const auto ttl = message.head().find("x-molva-ttl"); ttl != message.head().end()) {
    object.Raw("ttl", ttl->second);
  }
  if (message.head().contains("x-molva-once")) object.Flag("once", true);
  std::vector<std::string> files;
  for (const Attachment& one : FindAttachments(message.content())) {
    files.push_back(JsonObject()
                        .Text("name", one.name)
                        .Text("mime", one.mime)
                        .Number("bytes", one.bytes)
                        .OptionalText("url", one.url)
                        .Line());
  }
  if (!files.empty()) object.Raw("attachments", JsonArray(files));
  return object.Text("text", PlainText(message.content())).Raw("content", message.content());
}

void Printer::Message(const molva::v1::ServerData& message, std::string_view name) const {
  if (is_json()) return Object(MessageObject(message, name));
  std::string text = Harmless(PlainText(message.content()));
  for (const Attachment& one : FindAttachments(message.content())) {
    text +=
        fmt::format("{}[{}, {}]", text.empty() ? "" : " ", Harmless(one.name), SizeText(one.bytes));
  }
  const std::string number = numbers_ ? fmt::format("{:>5}  ", message.seq_id()) : "";
  Write(fmt::format("{}{} {} {}", number, Paint(Colour::kDim, LocalTime(message.timestamp())),
                    Paint(Colour::kCyan, Harmless(name) + Marks(message) + ":"), text));
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
  // A message that is nothing but a file has a blank as its text, for the file to stand on.
  if (auto text = FindText(content, "/txt")) return *text == " " ? "" : *std::move(text);
  if (!FindElements(content, "/ent").empty()) return "";
  return content.empty() || content == "null" ? "" : "[" + content + "]";
}

std::string NameOnCard(const std::string& card, std::string_view otherwise) {
  return FindText(card, "/fn").value_or(std::string(otherwise));
}

}  // namespace molva::cli
