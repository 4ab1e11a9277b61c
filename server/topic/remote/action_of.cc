#include "topic/remote/action_of.h"

#include "base/status_macros.h"
#include "topic/deletion.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::Fail;
using model::Fault;

bool IsShared(const model::SetDesc& desc) {
  return !desc.public_card.empty() || !desc.trusted.empty() || desc.default_access.has_value();
}

// The global name of the user whom a client named; empty for the asker himself.
absl::StatusOr<std::string> GlobalUser(const ChatCore& core, const Requester& from,
                                       const std::string& text) {
  if (text.empty()) return std::string();
  const absl::StatusOr<model::UserId> user = core.env.names.ParseUser(text);
  if (!user.ok()) return Fail(Fault::kMalformed, "not a user id");
  return *user == from.user ? std::string() : core.env.names.GlobalNameOf(*user);
}

}  // namespace

std::optional<chain::Action> ActionOf(const ChatCore& core, const Remove& command) {
  const std::string& what = command.request.what;
  const model::UserId user = command.from.user;
  const auto self = core.subscribers.find(user);
  if (self == core.subscribers.end() || !self->second.is_live()) return std::nullopt;
  if (what == "topic") {
    if (core.record.owner == user) return chain::RemoveTopic{};
    return chain::LeaveAction{};
  }
  if (!core.IsAttached(command.from)) return std::nullopt;
  if (what == "sub") {
    const absl::StatusOr<std::string> member = GlobalUser(core, command.from, command.request.user);
    if (!member.ok() || member->empty()) return std::nullopt;
    return chain::RemoveMember{*member};
  }
  const bool is_messages = what.empty() || what == "msg";
  if (is_messages && command.request.hard && MayDeleteForAll(core, user)) {
    return chain::RemoveMessages{command.request.ranges};
  }
  return std::nullopt;
}

std::vector<Change> SharedPartsOf(const ChatCore& core, const Change& command) {
  std::vector<Change> parts;
  const model::SetQuery& query = command.query;
  const bool attached = core.IsAttached(command.from);
  const bool is_own_sub = query.sub.has_value() && query.sub->user.empty();
  if (query.desc.has_value() && IsShared(*query.desc) && attached) {
    Change& part = parts.emplace_back(Change{command.from, {}});
    part.query.desc = query.desc;
    part.query.desc->private_note = {};
  }
  if (query.sub.has_value() && (attached || is_own_sub) && !query.sub->mode.empty()) {
    parts.emplace_back(Change{command.from, {}}).query.sub = query.sub;
  } else if (query.sub.has_value() && attached) {
    parts.emplace_back(Change{command.from, {}}).query.sub = query.sub;
  }
  if (query.tags.has_value() && attached) {
    parts.emplace_back(Change{command.from, {}}).query.tags = query.tags;
  }
  if (query.aux.has_value() && attached) {
    parts.emplace_back(Change{command.from, {}}).query.aux = query.aux;
  }
  return parts;
}

absl::StatusOr<chain::Action> ActionOf(const ChatCore& core, const Change& part) {
  const model::SetQuery& query = part.query;
  if (query.sub.has_value()) {
    MOLVA_ASSIGN_OR_RETURN(const std::string user, GlobalUser(core, part.from, query.sub->user));
    const absl::StatusOr<AccessMode> mode = AccessMode::Parse(query.sub->mode);
    if (!mode.ok()) return Fail(Fault::kMalformed, "not an access mode");
    return chain::SetRights{user, mode->is_set() ? mode->ToString() : ""};
  }
  if (query.desc.has_value()) {
    chain::SetDescription action;
    action.public_card = query.desc->public_card;
    action.trusted = query.desc->trusted;
    if (query.desc->default_access.has_value()) {
      action.access_auth = query.desc->default_access->auth;
      action.access_anon = query.desc->default_access->anon;
    }
    return action;
  }
  if (query.tags.has_value()) return chain::SetTags{*query.tags};
  return chain::SetAux{model::JsonObject(query.aux.value_or(model::JsonFields{}))};
}

bool HasOwnPart(const Change& command) {
  const model::SetQuery& query = command.query;
  return query.credential.has_value() ||
         (query.desc.has_value() && (!query.desc->private_note.empty() || !IsShared(*query.desc)));
}

void KeepOwnPart(Change& command) {
  model::SetQuery& query = command.query;
  query.sub.reset();
  query.tags.reset();
  query.aux.reset();
  if (!query.desc.has_value()) return;
  const model::RawJson note = query.desc->private_note;
  query.desc = model::SetDesc{};
  query.desc->private_note = note;
}

}  // namespace molva::topic
