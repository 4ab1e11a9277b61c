// Contacts by electronic mail: the C table over address, templates and mailer.
#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "address.h"
#include "mailer.h"
#include "molva/declare.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"
#include "molva/validator_plugin.h"
#include "templates.h"

struct molva_validator {
  molva::validator_email::Mailer mailer;
  molva::validator_email::Templates templates;
  std::set<std::string> domains;
  std::string host_url;
};

namespace molva::validator_email {
namespace {

// RFC 3986 §2.3.
std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return encoded;
}

bool IsLine(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}
bool IsHostName(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == ':' || c == '[' || c == ']' || c == '_';
  });
}

MailerOptions ReadMailer(sdk::Config& config) {
  MailerOptions options;
  options.host = config.Text("host", "");
  if (options.host.empty() || !IsHostName(options.host)) {
    config.Refuse("host", "must be the name of a mail server");
  }
  const std::string security = config.Text("security", "starttls");
  if (security == "off") {
    options.security = Security::kOff;
  } else if (security == "starttls_if_offered") {
    options.security = Security::kStartTlsOffered;
  } else if (security == "tls") {
    options.security = Security::kTls;
  } else if (security != "starttls") {
    config.Refuse("security", "must be off, starttls_if_offered, starttls or tls");
  }
  options.port = config.Integer("port", options.security == Security::kTls ? 465 : 587, 1, 65535);
  options.ca_file = config.Text("ca_file", "");
  options.login = config.Text("login", "");
  options.password = config.Text("password", "");
  if (!options.login.empty() && options.security != Security::kTls &&
      options.security != Security::kStartTls) {
    config.Refuse("login", "needs the security starttls or tls");
  }
  options.auth = config.Text("auth", "");
  if (!options.auth.empty() && options.auth != "plain" && options.auth != "login") {
    config.Refuse("auth", "must be plain, login or empty");
  }
  options.greeting_name = config.Text("greeting_name", "");
  if (!IsHostName(options.greeting_name)) config.Refuse("greeting_name", "must be a host name");
  if (!NormaliseAddress(config.Text("sender", ""), {}, &options.sender).ok()) {
    config.Refuse("sender", "must be a plain address");
  }
  options.sender_name = config.Text("sender_name", "");
  if (!IsLine(options.sender_name)) config.Refuse("sender_name", "must be one line");
  options.timeout_seconds = config.Integer("timeout_seconds", 20, 1, 300);
  return options;
}

std::set<std::string> ReadDomains(sdk::Config& config) {
  std::set<std::string> domains;
  for (const std::string& domain : config.Texts("domains")) {
    std::string address;
    if (!NormaliseAddress("x@" + domain, {}, &address).ok()) {
      config.Refuse("domains", "must be domain names");
    } else {
      domains.insert(address.substr(2));
    }
  }
  return domains;
}

molva_code Open(const molva_host*, molva_text text, const molva_sink* why, molva_validator** out) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    auto self = std::make_unique<molva_validator>();
    sdk::Config config(text);
    MailerOptions options = ReadMailer(config);
    self->domains = ReadDomains(config);
    self->host_url = config.Text("host_url", "");
    if ((!self->host_url.starts_with("https://") && !self->host_url.starts_with("http://")) ||
        !IsLine(self->host_url) || self->host_url.find_first_of(" #") != std::string::npos) {
      config.Refuse("host_url", "must be the URL of the web client, without a fragment");
    }
    const std::string folder = config.Text("templates", "");
    const std::string error = config.Finish();
    if (!error.empty()) return {MOLVA_MALFORMED, error};
    if (!folder.empty()) MOLVA_RETURN_UNLESS_OK(self->templates.Load(folder));
    MOLVA_RETURN_UNLESS_OK(self->mailer.Open(std::move(options)));
    *out = self.release();
    return Done();
  });
}

void Close(molva_validator* self) { std::unique_ptr<molva_validator>(self).reset(); }

molva_code Normalise(molva_validator* self, molva_text value, molva_text, const molva_sink* normal,
                     const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    std::string address;
    MOLVA_RETURN_UNLESS_OK(NormaliseAddress(sdk::View(value), self->domains, &address));
    sdk::Put(normal, address);
    return Done();
  });
}

molva_code Send(molva_validator* self, const molva_letter* letter, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> Outcome {
    std::string to;
    MOLVA_RETURN_UNLESS_OK(NormaliseAddress(sdk::View(letter->to), self->domains, &to));
    const bool is_reset = letter->reason == MOLVA_LETTER_RESET;
    const std::string cred = "email:" + to;  // as the scheme "code" takes it
    const auto encoded = [](molva_text text) { return PercentEncoded(sdk::View(text)); };
    // What the web client understands: docs/protocol plugin-and-backend §4.
    const std::string link =
        is_reset ? self->host_url + "#reset?scheme=" + encoded(letter->scheme) +
                       "&code=" + encoded(letter->code) + "&cred=" + PercentEncoded(cred)
                 : self->host_url + "#cred?method=email&code=" + encoded(letter->code) +
                       "&token=" + encoded(letter->token);
    const Words words = {{"Code", sdk::Copy(letter->code)},   {"Cred", cred},
                         {"HostUrl", self->host_url},         {"Link", link},
                         {"Login", sdk::Copy(letter->login)}, {"Scheme", sdk::Copy(letter->scheme)},
                         {"Token", sdk::Copy(letter->token)}};
    return self->mailer.Send(to,
                             self->templates.Render(is_reset ? Reason::kReset : Reason::kConfirm,
                                                    sdk::View(letter->language), words));
  });
}

constexpr molva_validator_api kApi = {sizeof(molva_validator_api), 0, Open, Close, Normalise, Send};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("host", nullptr, "The mail server."),
    sdk::NumberSetting("port", "", 1, 65535, "587, or 465 with tls."),
    sdk::TextSetting("security", "starttls", "off, starttls_if_offered, starttls or tls."),
    sdk::TextSetting("ca_file", "", "Certificates to trust instead of the system's."),
    sdk::TextSetting("login", "", "At the mail server; needs starttls or tls."),
    sdk::SecretSetting("password", "", "Of the login."),
    sdk::TextSetting("auth", "", "plain or login; empty: what the server offers."),
    sdk::TextSetting("greeting_name", "", "What the server is greeted with; a host name."),
    sdk::TextSetting("sender", nullptr, "The address that letters are from."),
    sdk::TextSetting("sender_name", "", "The name beside it."),
    sdk::TextSetting("host_url", nullptr, "The web client, for links in letters."),
    sdk::ListSetting("domains", "", "Domains of the addresses that are taken; none: all."),
    sdk::TextSetting("templates", "", "A folder with letters of your own."),
    sdk::NumberSetting("timeout_seconds", "20", 1, 300, "For one letter."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_VALIDATOR, "email", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::validator_email

const molva_plugin* molva_plugin_v1() { return &molva::validator_email::kPlugin; }
