// A directory that is asked who somebody is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "molva/plugin.hpp"

namespace molva::auth_ldap {

struct Options {
  enum class Security { kNone, kStartTls, kTls };
  std::string url;  // ldap://host[:port] or ldaps://host[:port]
  Security security = Security::kStartTls;
  std::string ca_file;  // empty: what the system trusts
  std::string bind_dn;  // who searches; empty: nobody in particular
  std::string bind_password;
  std::string base;
  std::string filter;     // beside the login; empty: none
  std::string attribute;  // holds the login
  std::string name_attribute;
  // Namespace of a tag and the attribute that its values are taken from.
  std::vector<std::pair<std::string, std::string>> tags;
  int timeout_seconds = 5;  // of each step
};

// What the directory says of somebody.
struct Person {
  std::string name;
  std::vector<std::string> tags;
};

// Thread: any, several at once: each question has a connection of its own.
// Cost:   four answers of the directory, whether or not it knows the login.
class Directory {
 public:
  explicit Directory(Options options) : options_(std::move(options)) {}

  // Whether `password`, which is not empty, is that of `login`, which is lower-cased.
  // Errors: MOLVA_DENIED; MOLVA_UNAVAILABLE if the directory does not answer, or not so that it may
  //         be believed.
  sdk::Outcome Ask(std::string_view login, std::string_view password, Person* person) const;

 private:
  class Connection;
  struct Entry;

  sdk::Outcome Find(Connection& connection, std::string_view login, Entry* entry) const;

  const Options options_;
};

}  // namespace molva::auth_ldap
