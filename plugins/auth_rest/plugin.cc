// Logins that a service of the operator judges: each is a question to it, in JSON over HTTP.
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer.h"
#include "client.h"
#include "molva/auth_plugin.h"
#include "molva/declare.hpp"
#include "molva/json_text.hpp"
#include "molva/plugin.hpp"
#include "molva/plugin_config.hpp"

struct molva_auth {
  std::string name;  // of the scheme, as the service knows it
  bool makes_accounts = false;
  std::vector<std::string> namespaces;  // of tags that are the service's alone
  std::optional<molva::auth_rest::Client> client;
};

namespace molva::auth_rest {
namespace {

constexpr std::size_t kMaxSecretBytes = 16384;

std::string Base64(std::string_view bytes) {
  constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    unsigned held = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      held = held << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= count ? kDigits[held >> (18 - 6 * i) & 0x3f] : '=';
    }
  }
  return text;
}

// One question. `user` 0: about nobody in particular.
sdk::Outcome Ask(molva_auth& self, const char* endpoint, molva_text secret, std::uint64_t user,
                 Answer* answer) {
  if (secret.size > kMaxSecretBytes) return {MOLVA_MALFORMED, "the secret is over 16 KiB"};
  sdk::JsonObject question;
  question.Text("endpoint", endpoint).Text("name", self.name);
  if (secret.size > 0) question.Text("secret", Base64(sdk::View(secret)));
  if (user != 0) {
    sdk::JsonObject record;
    question.Raw("rec", record.Text("uid", UserText(user)).Text("authlvl", "auth").Finish());
  }
  std::string json;
  MOLVA_RETURN_UNLESS_OK(self.client->Post(endpoint, question.Finish(), &json));
  return ReadAnswer(json, answer);
}

// The namespaces of tags that users may not write themselves.
sdk::Outcome AskNamespaces(molva_auth& self) {
  constexpr std::size_t kMostNamespaces = 32;
  constexpr std::size_t kMostBytes = 32;
  Answer answer;
  MOLVA_RETURN_UNLESS_OK(Ask(self, "rtagns", {}, 0, &answer));
  const auto is_namespace = [](const std::string& name) {
    return !name.empty() && name.size() <= kMostBytes &&
           std::all_of(name.begin(), name.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
           });
  };
  if (answer.texts.size() > kMostNamespaces ||
      !std::all_of(answer.texts.begin(), answer.texts.end(), is_namespace)) {
    return {MOLVA_MALFORMED, "the service reserves what are no namespaces of tags"};
  }
  self.namespaces = std::move(answer.texts);
  return sdk::Done();
}

molva_code Open(const molva_host*, molva_text text, const molva_sink* why, molva_auth** out) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    auto self = std::make_unique<molva_auth>();
    sdk::Config config(text);
    ClientOptions options;
    options.url = config.Text("url", "");
    options.is_separate = config.Flag("separate_endpoints", false);
    options.ca_file = config.Text("ca_file", "");
    options.timeout_seconds = static_cast<long>(config.Integer("timeout_seconds", 5, 1, 60));
    self->name = config.Text("name", "rest");
    self->makes_accounts = config.Flag("allow_new_accounts", false);
    const bool reserves_tags = config.Flag("reserves_tags", false);
    if (!options.url.starts_with("http://") && !options.url.starts_with("https://")) {
      config.Refuse("url", "must begin with http:// or https://");
    }
    if (options.is_separate && !options.url.ends_with('/')) {
      config.Refuse("url", "must end with / if separate_endpoints is true");
    }
    const std::string error = config.Finish();
    if (!error.empty()) return {MOLVA_MALFORMED, error};
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
      return {MOLVA_INTERNAL, "libcurl does not start"};
    }
    self->client.emplace(std::move(options));
    if (reserves_tags) MOLVA_RETURN_UNLESS_OK(AskNamespaces(*self));
    *out = self.release();
    return sdk::Done();
  });
}

void Close(molva_auth* self) { std::unique_ptr<molva_auth>(self).reset(); }

molva_code Parse(molva_auth* self, molva_auth_purpose purpose, molva_text, const molva_sink*,
                 const molva_sink*) {
  const bool is_open = purpose != MOLVA_AUTH_CREATE || self->makes_accounts;
  return is_open ? MOLVA_OK : MOLVA_UNSUPPORTED;
}

// A new account: is the secret free? A service that does not know the question hears of the account
// before it is made, and may refuse then.
molva_code Make(molva_auth* self, molva_auth_purpose, molva_text secret, const molva_sink*,
                uint32_t* level, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    *level = MOLVA_AUTH_LEVEL_AUTH;
    Answer answer;
    sdk::Outcome asked = Ask(*self, "checkunique", secret, 0, &answer);
    if (asked.code == MOLVA_UNSUPPORTED) return sdk::Done();
    if (asked.ok() && !answer.says_yes) return {MOLVA_ALREADY_EXISTS, "the login is taken"};
    return asked;
  });
}

void PutNewcomer(const molva_sink* account, const Newcomer& newcomer) {
  for (const std::string* text : {&newcomer.auth_mode, &newcomer.anon_mode, &newcomer.public_card,
                                  &newcomer.trusted, &newcomer.private_note}) {
    sdk::Put(account, *text);
  }
  for (const std::string& tag : newcomer.tags) sdk::Put(account, tag);
}

molva_code Verify(molva_auth* self, molva_text secret, const molva_auth_record*, int64_t,
                  molva_identity* identity, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Answer answer;
    MOLVA_RETURN_UNLESS_OK(Ask(*self, "auth", secret, 0, &answer));
    if (answer.has_challenge) return {MOLVA_UNSUPPORTED, "the service asks back"};
    identity->user = answer.user;
    identity->level = answer.level;
    identity->may_log_in = answer.may_log_in ? 1 : 0;
    identity->validated = answer.is_validated ? 1 : 0;
    if (answer.user != 0) return sdk::Done();
    if (!answer.has_newcomer || !self->makes_accounts || !MOLVA_HAS(identity, account)) {
      return {MOLVA_DENIED, "the service knows nobody here by the secret"};
    }
    PutNewcomer(identity->account, answer.newcomer);
    return sdk::Done();
  });
}

molva_code Tags(molva_auth*, molva_text, const molva_sink*) { return MOLVA_OK; }

molva_code Adopt(molva_auth* self, molva_text secret, uint64_t user, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Answer answer;
    return Ask(*self, "link", secret, user, &answer);
  });
}

molva_code Change(molva_auth* self, uint64_t user, molva_text secret, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Answer answer;
    return Ask(*self, "upd", secret, user, &answer);
  });
}

molva_code Enrol(molva_auth* self, molva_text secret, uint64_t user, const molva_sink* tag,
                 const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Answer answer;
    MOLVA_RETURN_UNLESS_OK(Ask(*self, "add", secret, user, &answer));
    if (answer.user != 0 && answer.user != user) {
      return {MOLVA_INTERNAL, "the service gives the account another uid"};
    }
    for (const std::string& text : answer.newcomer.tags) sdk::Put(tag, text);
    return sdk::Done();
  });
}

molva_code LetGo(molva_auth* self, uint64_t user, const molva_sink* why) {
  return sdk::GuardedOutcome(why, [&]() -> sdk::Outcome {
    Answer answer;
    return Ask(*self, "del", {}, user, &answer);
  });
}

molva_code Namespaces(molva_auth* self, const molva_sink* name) {
  for (const std::string& text : self->namespaces) sdk::Put(name, text);
  return MOLVA_OK;
}

constexpr molva_auth_api kApi = {
    sizeof(molva_auth_api),
    MOLVA_AUTH_LOGS_IN | MOLVA_AUTH_CREATES | MOLVA_AUTH_CHANGES | MOLVA_AUTH_WAITS,
    Open,
    Close,
    Parse,
    Make,
    Verify,
    Tags,
    nullptr,
    nullptr,
    Adopt,
    Change,
    Enrol,
    LetGo,
    Namespaces,
    nullptr};
constexpr auto kSettings = std::to_array<molva_setting>({
    sdk::TextSetting("url", nullptr, "The service, by http or https."),
    sdk::BoolSetting("separate_endpoints", "false", "Whether the endpoint is put behind the URL."),
    sdk::BoolSetting("allow_new_accounts", "false", "Whether the service makes accounts."),
    sdk::BoolSetting("reserves_tags", "false",
                     "Whether it is asked for namespaces of tags at the start."),
    sdk::TextSetting("name", "rest", "What questions call the scheme."),
    sdk::NumberSetting("timeout_seconds", "5", 1, 60, "Then a login is answered 503."),
    sdk::TextSetting("ca_file", "", "Certificates to trust instead of the system's."),
});
constexpr molva_plugin kPlugin =
    sdk::DescribePlugin(MOLVA_KIND_AUTH, "rest", "1.0", &kApi, kSettings, "Apache-2.0");

}  // namespace
}  // namespace molva::auth_rest

const molva_plugin* molva_plugin_v1() { return &molva::auth_rest::kPlugin; }
