#include "clients/cli/logins.h"

#include <fmt/core.h>

#include <utility>

#include "clients/cli/json_text.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {

namespace v1 = molva::v1;

absl::StatusOr<std::vector<Login>> FetchLogins(Session& session) {
  v1::GetQuery query;
  query.set_what("sessions");
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::ServerMsg> answer,
                         session.Ask("me", query, [](const v1::ServerMsg&) { return false; }));
  std::vector<Login> logins;
  const auto& params = answer.back().ctrl().params();
  const auto list = params.find("sessions");
  if (list == params.end()) return logins;
  for (const std::string& one : FindElements(list->second, "")) {
    logins.push_back({FindText(one, "/id").value_or(""), FindText(one, "/ua").value_or(""),
                      FindText(one, "/platf").value_or(""), FindText(one, "/dev").value_or(""),
                      FindText(one, "/created").value_or(""), FindText(one, "/seen").value_or(""),
                      FindValue(one, "/current") == "true"});
  }
  return logins;
}

absl::StatusOr<std::int64_t> EndLogins(Session& session, const std::string& which,
                                       const std::string& id) {
  v1::ClientMsg message;
  message.mutable_del()->set_topic("me");
  message.mutable_del()->set_what(v1::ClientDel::WHAT_SESSION);
  message.mutable_del()->mutable_cred()->set_method(which);
  message.mutable_del()->mutable_cred()->set_value(id);
  const absl::StatusOr<v1::ServerCtrl> ctrl = session.Call(std::move(message));
  if (absl::IsNotFound(ctrl.status())) {
    return absl::NotFoundError(
        fmt::format("no device is logged in under '{}'; molva devices lists them", id));
  }
  MOLVA_RETURN_IF_ERROR(ctrl.status());
  const auto count = ctrl->params().find("count");
  return count == ctrl->params().end() ? 0 : FindNumber(count->second, "").value_or(0);
}

}  // namespace molva::cli
