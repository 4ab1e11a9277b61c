// Hands letters to an SMTP server.
#pragma once

#include <cstdint>
#include <string>

#include "molva/plugin.hpp"
#include "templates.h"

namespace molva::validator_email {

enum class Security {
  kOff,              // never encrypted
  kStartTlsOffered,  // encrypted if the server offers it
  kStartTls,         // encrypted after the greeting, or not at all
  kTls,              // encrypted from the first byte
};

struct MailerOptions {
  std::string host;
  std::int64_t port = 587;
  Security security = Security::kStartTls;
  std::string ca_file;  // empty: those of the system
  std::string login;    // empty: none
  std::string password;
  std::string auth;           // "plain", "login"; empty: the best that both know
  std::string greeting_name;  // what EHLO says; empty: the name of this host
  std::string sender;         // an address
  std::string sender_name;    // may be empty; one line
  std::int64_t timeout_seconds = 20;
};

// Thread: any, several at once; each call has a connection of its own.
class Mailer {
 public:
  // Errors: INTERNAL if libcurl does not start.
  Outcome Open(MailerOptions options);
  // `to` is normalised.
  // Errors: POLICY: the server refuses for good (5xx); UNAVAILABLE: everything else.
  Outcome Send(const std::string& to, const Rendered& letter) const;

 private:
  MailerOptions options_;
};

}  // namespace molva::validator_email
