#include "clients/cli/people.h"

#include <fmt/core.h>

#include <array>
#include <utility>

#include "clients/cli/json_text.h"
#include "clients/cli/printer.h"
#include "clients/cli/status_macros.h"

namespace molva::cli {
namespace {

namespace v1 = molva::v1;

constexpr std::size_t kIdChars = 14;  // a prefix of three, then eleven

bool IsTopic(std::string_view text) {
  if (text == "me" || text == "slf" || text == "sys") return true;
  if (text.substr(0, text.find('@')).size() != kIdChars) return false;
  constexpr std::array<std::string_view, 3> kPrefixes = {"usr", "grp", "chn"};
  for (const std::string_view prefix : kPrefixes) {
    if (text.starts_with(prefix)) return true;
  }
  return false;
}

}  // namespace

absl::StatusOr<std::string> ResolveWho(Session& session, const std::string& who) {
  if (IsTopic(who)) return who;
  MOLVA_RETURN_IF_ERROR(session.Attach("fnd").status());
  v1::ClientMsg query;
  query.mutable_set()->set_topic("fnd");
  // What has a domain is found by its server, or here as an e-mail address.
  const bool elsewhere = who.find('@') != std::string::npos;
  query.mutable_set()->mutable_query()->mutable_desc()->set_public_(
      JsonText(elsewhere ? who : "basic:" + who));
  MOLVA_RETURN_IF_ERROR(session.Call(std::move(query)).status());
  MOLVA_ASSIGN_OR_RETURN(const std::optional<v1::ServerMeta> found, session.Fetch("fnd", "sub"));
  MOLVA_RETURN_IF_ERROR(session.Detach("fnd"));
  if (!found.has_value() || found->sub().empty()) {
    return absl::NotFoundError(fmt::format(
        "nobody is called '{}'; write a login name, name@domain for somebody of another server, or "
        "an id such as usr… or grp…",
        who));
  }
  const v1::TopicSub& first = found->sub(0);
  return first.topic().empty() ? first.user_id() : first.topic();
}

void NameBook::Learn(const std::string& id, const std::string& card) {
  if (const std::string name = NameOnCard(card, ""); !name.empty()) names_[id] = name;
}

void NameBook::Learn(const v1::ServerMeta& meta) {
  if (meta.has_desc() && meta.topic() != "me") Learn(meta.topic(), meta.desc().public_());
  for (const v1::TopicSub& sub : meta.sub()) {
    Learn(sub.topic().empty() ? sub.user_id() : sub.topic(), sub.public_());
  }
}

std::string NameBook::NameOf(const std::string& id) const {
  if (id.empty()) return "channel";
  if (IsSelf(id)) return "you";
  const auto at = names_.find(id);
  return at == names_.end() ? id : at->second;
}

absl::Status AttachAndLearn(Session& session, const std::string& topic, NameBook& names) {
  MOLVA_RETURN_IF_ERROR(session.Attach(topic).status());
  for (const char* what : {"desc", "sub"}) {
    const auto meta = session.Fetch(topic, what);
    // Not everybody may list the members; then they keep their ids.
    if (meta.ok() && meta->has_value()) names.Learn(**meta);
  }
  return absl::OkStatus();
}

}  // namespace molva::cli
