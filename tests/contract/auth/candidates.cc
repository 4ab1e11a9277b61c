// The schemes that come with the server.
#include "tests/contract/candidates.h"

namespace molva::test {

const std::vector<Candidate>& Candidates() {
  const auto file = [](const char* name) {
    return std::string(MOLVA_PLUGIN_FOLDER "/auth_") + name + ".so";
  };
  static const std::vector<Candidate> kAll = {
      {"basic", file("basic"), R"({"min_password_length":6})", "ann:secret1"},
      {"token", file("token"), R"({"key":"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="})", ""},
      {"totp", file("totp"), R"({"key":"a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="})", ""},
      {"ldap", file("ldap"),
       R"({"url":"ldap://127.0.0.1:1","base":"dc=example,dc=org","timeout_seconds":1})", ""},
      {"oidc", file("oidc"),
       R"({"issuer":"https://127.0.0.1:1","client_id":"c","redirect_uris":["https://x.test/"],"timeout_seconds":1})",
       ""},
      {"passkey", file("passkey"), R"({"rp_id":"localhost","origins":["http://localhost"]})", ""},
      {"anonymous", file("anonymous"), "{}", ""}};
  return kAll;
}

}  // namespace molva::test
