// What the service says, read from its JSON. Source: docs/protocol behaviour §15, row "rest".
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "molva/auth_plugin.h"
#include "molva/plugin.hpp"

namespace molva::auth_rest {

// Of somebody who has no account here yet. Cards are JSON; empty is absent.
struct Newcomer {
  std::string auth_mode;
  std::string anon_mode;
  std::string public_card;
  std::string trusted;
  std::string private_note;
  std::vector<std::string> tags;
};

struct Answer {
  std::uint64_t user = 0;  // zero: the service names none
  std::uint32_t level = MOLVA_AUTH_LEVEL_AUTH;
  bool is_validated = false;
  bool may_log_in = true;
  bool has_challenge = false;
  bool has_newcomer = false;
  bool says_yes = false;
  std::vector<std::string> texts;
  Newcomer newcomer;
};

// Errors: what the service says is wrong, by the code that fits it; INTERNAL for what is no answer.
sdk::Outcome ReadAnswer(const std::string& json, Answer* answer);

// The user id as the service writes it: 11 characters, without "usr".
std::string UserText(std::uint64_t user);

}  // namespace molva::auth_rest
