// The kinds of contact that a node knows, and what it asks of accounts.
#pragma once

#include <absl/status/status.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/request.h"
#include "validation/validator.h"

namespace molva::validation {

// What the node does with one kind of contact.
struct Rules {
  // Whose accounts must have one. None: the kind is switched off, but its tags stay reserved.
  std::vector<model::AuthLevel> required_for;
  bool adds_tags = false;  // "email:alice@example.com", once it is confirmed
  int max_retries = 3;     // wrong responses to one code
  int code_length = 6;
  std::string debug_response;  // taken for every code, if not empty: nodes for tests only
};

struct Method {
  std::unique_ptr<Validator> validator;
  Rules rules;
};

// Filled at start, then read by all shards and pool threads; it must outlive them.
class ValidatorRegistry {
 public:
  // Errors: kAlreadyExists for a second validator of that method.
  absl::Status Add(std::unique_ptr<Validator> validator, Rules rules);

  // nullptr for a method that is not there or switched off.
  const Method* Find(std::string_view method) const;
  // The methods that an account of `level` needs, in order of their names.
  std::vector<std::string> Required(model::AuthLevel level) const;
  std::vector<std::string> ReservedTagNamespaces() const;

 private:
  std::vector<Method> methods_;  // few: searched in order
};

}  // namespace molva::validation
