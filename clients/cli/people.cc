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

absl::StatusOr<std::vector<v1::TopicSub>> FindByTags(Session& session, const std::string& query) {
  MOLVA_RETURN_IF_ERROR(session.Attach("fnd").status());
  v1::ClientMsg message;
  message.mutable_set()->set_topic("fnd");
  message.mutable_set()->mutable_query()->mutable_desc()->set_public_(JsonText(query));
  MOLVA_RETURN_IF_ERROR(session.Call(std::move(message)).status());
  MOLVA_ASSIGN_OR_RETURN(const std::optional<v1::ServerMeta> found, session.Fetch("fnd", "sub"));
  MOLVA_RETURN_IF_ERROR(session.Detach("fnd"));
  if (!found.has_value()) return std::vector<v1::TopicSub>();
  return std::vector<v1::TopicSub>(found->sub().begin(), found->sub().end());
}

absl::StatusOr<std::string> ResolveWho(Session& session, const std::string& who) {
  if (IsTopic(who)) return who;
  // What has a domain is found by its server, or here as an e-mail address.
  const bool elsewhere = who.find('@') != std::string::npos;
  MOLVA_ASSIGN_OR_RETURN(const std::vector<v1::TopicSub> found,
                         FindByTags(session, elsewhere ? who : "basic:" + who));
  if (found.empty()) {
    return absl::NotFoundError(fmt::format(
        "nobody is called '{}'; write a login name, name@domain for somebody of another server, or "
        "an id such as usr… or grp…",
        who));
  }
  return found[0].topic().empty() ? found[0].user_id() : found[0].topic();
}

absl::StatusOr<v1::AccessMode> Enter(Session& session, const std::string& topic) {
  if (topic == "me" || topic == "slf") {
    MOLVA_RETURN_IF_ERROR(session.Attach(topic).status());
    MOLVA_ASSIGN_OR_RETURN(const auto meta, session.Fetch(topic, "desc"));
    return meta.has_value() ? meta->desc().acs() : v1::AccessMode();
  }
  // From outside a topic the server tells of one's own subscription alone.
  const auto own = session.Fetch(topic, "sub");
  const bool told = own.ok() && own->has_value() && !(*own)->sub().empty();
  if (absl::IsNotFound(own.status()) || (own.ok() && (!told || (*own)->sub(0).deleted_at() != 0))) {
    return absl::NotFoundError(
        topic.starts_with("usr")
            ? fmt::format("you have no chat with {}; begin one with: molva send", topic)
            : fmt::format("you are not in {0}; join it with: molva group join {0}", topic));
  }
  MOLVA_RETURN_IF_ERROR(own.status());
  // To attach where one has blocked would take the block back.
  const v1::TopicSub& sub = (*own)->sub(0);
  if (sub.acs().want().find('J') == std::string::npos && !sub.acs().want().empty()) {
    return absl::FailedPreconditionError(
        fmt::format("you have blocked {0}; take that back with: molva unblock {0}", topic));
  }
  const v1::AccessMode access = sub.acs();
  MOLVA_RETURN_IF_ERROR(session.Attach(topic).status());
  return access;
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

absl::Status LearnNames(Session& session, const std::string& topic, NameBook& names) {
  for (const char* what : {"desc", "sub"}) {
    const auto meta = session.Fetch(topic, what);
    // Not everybody may list the members; then they keep their ids.
    if (meta.ok() && meta->has_value()) names.Learn(**meta);
    if (absl::IsUnavailable(meta.status())) return meta.status();
  }
  return absl::OkStatus();
}

absl::Status AttachAndLearn(Session& session, const std::string& topic, NameBook& names) {
  MOLVA_RETURN_IF_ERROR(session.Attach(topic).status());
  return LearnNames(session, topic, names);
}

}  // namespace molva::cli
