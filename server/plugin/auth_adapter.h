// An auth plugin as auth::Scheme.
#pragma once

#include <absl/status/statusor.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "auth/scheme.h"
#include "molva/auth_plugin.h"
#include "plugin/call_stats.h"
#include "plugin/host_api.h"
#include "plugin/library.h"

namespace molva::plugin {

// Owns: the plugin's instance; closes it when it goes.
// Thread, errors: as auth::Scheme says. What the plugin says of a secret goes into the detail of
//                 the error, for the log.
class AuthPlugin final : public auth::Scheme {
 public:
  // Opens the plugin with its part of the configuration, a JSON object.
  // Errors: what the plugin says, prefixed with its name.
  static absl::StatusOr<std::unique_ptr<AuthPlugin>> Open(const Library& library,
                                                          const std::string& config,
                                                          const runtime::CallRules& rules = {});
  ~AuthPlugin() override;
  AuthPlugin(const AuthPlugin&) = delete;
  AuthPlugin& operator=(const AuthPlugin&) = delete;

  std::string_view name() const override { return name_; }
  const auth::SchemeTraits& traits() const override { return traits_; }
  runtime::CallGate& gate() const override { return *gate_; }
  absl::StatusOr<std::string> Parse(auth::Purpose purpose, std::string_view secret) const override;
  absl::StatusOr<auth::MadeSecret> Make(auth::Purpose purpose,
                                        std::string_view secret) const override;
  absl::StatusOr<auth::Proof> Verify(std::string_view secret, const store::AuthRecord* record,
                                     absl::Time now) const override;
  absl::Status Adopt(std::string_view secret, model::UserId user) const override;
  absl::Status Change(model::UserId user, std::string_view secret) const override;
  absl::StatusOr<std::vector<std::string>> Enrol(std::string_view secret,
                                                 model::UserId user) const override;
  absl::Status LetGo(model::UserId user) const override;
  bool IsStale(const store::AuthRecord& record) const override;
  std::vector<std::string> TagsOf(std::string_view unique) const override;
  const std::vector<std::string>& namespaces() const override { return namespaces_; }
  absl::StatusOr<auth::Token> Issue(const auth::Identity& identity, absl::Time now) const override;
  absl::StatusOr<auth::Replaced> Replace(model::UserId user, std::string_view secret,
                                         const store::AuthRecord* record,
                                         absl::Time now) const override;
  // How the plugin fares, for metrics; outlives this as long as somebody holds it.
  std::shared_ptr<const CallStats> calls() const { return calls_; }
  std::shared_ptr<runtime::CallGate> shared_gate() const { return gate_; }

 private:
  AuthPlugin(const Library& library, const runtime::CallRules& rules);
  absl::Status ReadNamespaces();

  const molva_auth_api& api_;
  const std::string name_;
  const auth::SchemeTraits traits_;
  const std::shared_ptr<CallStats> calls_;         // shared with the metrics
  const std::shared_ptr<runtime::CallGate> gate_;  // likewise
  HostApi host_;
  molva_auth* instance_ = nullptr;
  std::vector<std::string> namespaces_;
};

}  // namespace molva::plugin
