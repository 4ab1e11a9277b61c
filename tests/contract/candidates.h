// The plugins that the cases of a kind are held against.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "molva/plugin.h"

namespace molva::test {

// One plugin, and what the cases need to try it.
struct Candidate {
  std::string name;     // as its table says
  std::string library;  // the .so
  std::string config;   // it opens with this; $SCRATCH stands for an empty folder, $WORD for a
                        // word that is another one for each store
  // Of auth: a secret that starts an account or logs in, whose last byte matters. Of validator: a
  // contact. Of push: the id of a device. Of moderation: the content of a message that it does not
  // let pass. May be empty.
  std::string sample;
};

// Those that this program tests; each program that compiles the cases defines it.
const std::vector<Candidate>& Candidates();

// `text` with `value` wherever `word` stands.
inline std::string Replaced(std::string text, std::string_view word, std::string_view value) {
  for (std::size_t at = text.find(word); at != std::string::npos;
       at = text.find(word, at + value.size())) {
    text.replace(at, word.size(), value);
  }
  return text;
}

// `config` for a plugin that has `folder`, and of the cases of a store the word that is left.
inline std::string InFolder(std::string config, std::string_view folder) {
  return Replaced(Replaced(std::move(config), "$SCRATCH", folder), "$WORD", "word");
}

}  // namespace molva::test

// Quotes what the contract says, for whoever reads why a case failed.
#define MOLVA_SAYS(header, sentence) INFO("molva/" header " says: " sentence)
