// What the program shows: lines for people, or one JSON object per line.
#pragma once

#include <molva/v1/replies.pb.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "clients/cli/json_text.h"

namespace molva::cli {

enum class OutputForm : std::uint8_t { kText, kJson };
enum class Colour : std::uint8_t { kNone, kDim, kGreen, kCyan, kYellow };

// Writes to standard output, in colours if that is a terminal.
class Printer {
 public:
  explicit Printer(OutputForm form);

  bool is_json() const { return form_ == OutputForm::kJson; }
  // From now on lines of messages begin with their numbers.
  void ShowNumbers() { numbers_ = true; }
  // A line for people; nothing in JSON form.
  void Line(std::string_view text) const;
  // A line for programs; nothing in text form.
  void Object(const JsonObject& object) const;
  // A message, in either form. `name` is what to call its author.
  void Message(const molva::v1::ServerData& message, std::string_view name) const;

  std::string Paint(Colour colour, std::string_view text) const;

 private:
  void Write(std::string_view line) const;

  const OutputForm form_;
  const bool colours_;
  bool numbers_ = false;
};

// A message for programs. `name` is what to call its author.
JsonObject MessageObject(const molva::v1::ServerData& message, std::string_view name);
// Text of others without what would steer the terminal: control characters become '?'.
std::string Harmless(std::string_view text);
// What a message says, as plain text: a string, or the text of formatted content.
std::string PlainText(const std::string& content);
// The name on a card; `otherwise` if it has none.
std::string NameOnCard(const std::string& card, std::string_view otherwise);

}  // namespace molva::cli
