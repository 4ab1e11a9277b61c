// The letters in their languages, and the words that are put into them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "molva/plugin.hpp"

namespace molva::validator_email {

using sdk::Done;
using sdk::Outcome;

enum class Reason { kConfirm, kReset };

// What stands for {{Code}} etc.
using Words = std::map<std::string, std::string, std::less<>>;

// One letter with its words in place. The subject is one line of UTF-8.
struct Rendered {
  std::string subject;
  std::string text;
  std::string html;  // empty: none
};

// A letter with {{Name}} where words go: Code, Cred, HostUrl, Link, Login, Scheme, Token.
struct Template {
  std::string subject;
  std::string text;
  std::string html;
};

// Thread: any, once it is loaded.
class Templates {
 public:
  // With the built-in English letters.
  Templates();
  // Adds the files of `folder`, which win: confirm_<language>.txt (its first line is the subject,
  // the second is empty), confirm_<language>.html (may be missing), and reset_….
  // Errors: MALFORMED: a file that is none, or names an unknown word; UNAVAILABLE: cannot be read.
  Outcome Load(const std::string& folder);

  // In `language` ("en-GB") if there is one, otherwise in its first part ("en"), otherwise
  // English. Words are escaped in HTML, and in the subject lose what could end a line.
  Rendered Render(Reason reason, std::string_view language, const Words& words) const;

 private:
  Outcome LoadFile(const std::string& path, const std::string& stem);
  const Template& Find(Reason reason, std::string_view language) const;

  std::map<std::string, Template, std::less<>> templates_;  // by "confirm_en-gb"
};

}  // namespace molva::validator_email
