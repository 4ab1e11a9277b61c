#include "topic/moderate.h"

#include <fmt/core.h>

#include <utility>

#include "topic/create.h"
#include "topic/join.h"
#include "topic/publish.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;
using model::TopicKind;
using moderation::Case;
using moderation::Ruling;
using moderation::Subject;
using moderation::Verdict;

// Which of the commands that can be judged it is, filled in but for the rest of the case.
std::optional<Case> RequestOf(ChatCore& core, const Join& join) {
  if (core.name.kind() != TopicKind::kP2p || (core.exists && !LacksPeer(core))) return std::nullopt;
  Case contact;
  contact.subject = Subject::kContact;
  contact.peer = core.TextOf(core.name.PeerOf(join.from.user));
  return contact;
}

// An invitation of somebody who is not in the topic.
std::optional<Case> InvitationOf(const ChatCore& core, const Change& change) {
  const auto& sub = change.query.sub;
  if (!sub.has_value() || sub->user.empty()) return std::nullopt;
  const absl::StatusOr<model::UserId> user = core.env.names.ParseUser(sub->user);
  if (!user.ok() || *user == change.from.user) return std::nullopt;
  const auto known = core.subscribers.find(*user);
  if (known != core.subscribers.end() && known->second.is_live()) return std::nullopt;
  Case contact;
  contact.subject = Subject::kContact;
  contact.peer = core.TextOf(*user);
  return contact;
}

std::optional<Case> MessageOf(const ChatCore& core, const Publish& publish) {
  if (core.name.kind() == TopicKind::kSys || !AdmitPublish(core, publish).ok()) return std::nullopt;
  Case message;
  message.subject = Subject::kMessage;
  message.head = publish.request.head;
  message.content = publish.request.content;
  if (const model::RawJson* replaces = model::FindField(message.head, "replace")) {
    message.replaces = model::ParseJsonText(*replaces).value_or("");
  }
  for (const model::FileId& file : publish.from.attachments) {
    message.files.push_back(file.ToString());
  }
  return message;
}

std::optional<Case> CaseOf(ChatCore& core, const Command& command) {
  std::optional<Case> found;
  if (const auto* publish = std::get_if<Publish>(&command)) found = MessageOf(core, *publish);
  if (const auto* join = std::get_if<Join>(&command)) found = RequestOf(core, *join);
  if (const auto* change = std::get_if<Change>(&command)) found = InvitationOf(core, *change);
  if (!found.has_value()) return found;
  const Requester& from = *RequesterOf(command);
  found->when = from.received;
  found->topic = core.name.ToString();
  found->author = core.TextOf(from.user);
  found->origin = from.origin;
  return found;
}

// As a success that has no number, where there is such a thing.
void Pretend(const CorePtr& core, const Command& command) {
  const Requester& from = *RequesterOf(command);
  if (const auto* join = std::get_if<Join>(&command)) {
    return RefuseJoin(*core, *join, Fail(Fault::kPermissionDenied, "held back"));
  }
  if (std::holds_alternative<Publish>(command)) {
    if (from.request_id.empty() && !from.is_remote()) return;
    return core->Reply(from, Fault::kAccepted, {{"seq", model::JsonNumber(0)}});
  }
  core->Reply(from, Fault::kOk);
}

void RefuseSaying(const CorePtr& core, const Command& command, const std::string& reason) {
  const Requester& from = *RequesterOf(command);
  core->ReplyInWords(from, Fault::kPermissionDenied, reason);
  if (std::holds_alternative<Join>(command)) {
    core->env.outbound.Settle(from.session, core->name, Outbound::Attached::kNo);
  }
}

void RefuseForNow(const CorePtr& core, const Command& command) {
  const absl::Status status = Fail(Fault::kServiceUnavailable, "no verdict");
  if (const auto* join = std::get_if<Join>(&command)) return RefuseJoin(*core, *join, status);
  core->Refuse(*RequesterOf(command), status);
}

// Errors: what the author's server has signed cannot be changed: others would not believe it.
bool TakeReplacement(Command& command, Verdict& verdict) {
  auto* publish = std::get_if<Publish>(&command);
  if (publish == nullptr || publish->from.is_remote()) return false;
  if (verdict.has_head) publish->request.head = std::move(verdict.head);
  if (!verdict.content.empty()) publish->request.content = std::move(verdict.content);
  return true;
}

struct Held {
  Case what;
  Command command;
};

void Quarantine(const CorePtr& core, const std::shared_ptr<Held>& held, const Verdict& verdict) {
  const Requester& from = *RequesterOf(held->command);
  if (!std::holds_alternative<Publish>(held->command)) {
    ReportToSys(core->env.outbound, core->env.shard.Now(), held->what, verdict, {}, {});
    return Pretend(core, held->command);
  }
  core->Hold();
  KeepBefore(*core, held->what, verdict, from.attachments, [core, held](bool is_kept) {
    is_kept ? Pretend(core, held->command) : RefuseForNow(core, held->command);
    core->Release();
  });
}

void CarryOutVerdict(const CorePtr& core, const std::shared_ptr<Held>& held, Verdict verdict,
                     const std::function<void(Command)>& go_on) {
  switch (verdict.ruling) {
    case Ruling::kAccept:
      return go_on(std::move(held->command));
    case Ruling::kDrop:
      return Pretend(core, held->command);
    case Ruling::kRefuse:
      return RefuseSaying(core, held->command, verdict.reason);
    case Ruling::kQuarantine:
      return Quarantine(core, held, verdict);
    case Ruling::kReplace:
      if (TakeReplacement(held->command, verdict)) return go_on(std::move(held->command));
      return RefuseSaying(core, held->command, verdict.reason);
    case Ruling::kUnavailable:
      return RefuseForNow(core, held->command);
  }
}

std::string_view CaseWord(Subject subject) {
  switch (subject) {
    case Subject::kMessage:
      return "message";
    case Subject::kAccount:
      return "account";
    case Subject::kContact:
      break;
  }
  return "contact";
}

}  // namespace

bool AwaitsVerdict(const CorePtr& core, Command& command, std::function<void(Command)> go_on) {
  const Requester* from = RequesterOf(command);
  if (from == nullptr || from->session_level == model::AuthLevel::kRoot) return false;
  std::optional<Case> what = CaseOf(*core, command);
  moderation::Moderator& moderator = *core->env.services.moderator;
  if (!what.has_value() || !moderator.Wants(what->subject)) return false;
  auto held = std::make_shared<Held>(Held{*what, std::move(command)});
  core->Hold();
  moderator.Consider(*std::move(what),
                     [core, held, go_on = std::move(go_on)](Verdict verdict) mutable {
                       CarryOutVerdict(core, held, std::move(verdict), go_on);
                       core->Release();
                     });
  return true;
}

void HandleKept(ChatCore& core, const Kept& kept) {
  auto waiting = core.kept.extract(kept.token);
  if (!waiting.empty()) waiting.mapped()(kept.is_stored);
}

void ReportToSys(Outbound& outbound, absl::Time now, const Case& what, const Verdict& verdict,
                 std::vector<model::FileId> files, std::optional<KeptFor> kept_for) {
  Publish report;
  report.from.received = now;
  report.from.attachments = std::move(files);
  report.request.head = {{"mime", model::JsonText("text/x-drafty")}};
  report.request.content = ReportOf(what, verdict);
  report.kept_for = kept_for;
  outbound.Send(model::TopicName::Sys(), std::move(report));
}

void KeepBefore(ChatCore& core, const Case& what, const Verdict& verdict,
                std::vector<model::FileId> files, absl::AnyInvocable<void(bool)> done) {
  const std::uint64_t token = ++core.last_kept;
  core.kept.emplace(token, std::move(done));
  ReportToSys(core.env.outbound, core.env.shard.Now(), what, verdict, std::move(files),
              KeptFor{core.name, token});
}

model::RawJson ReportOf(const Case& what, const Verdict& verdict) {
  model::JsonFields fields{{"what", model::JsonText(CaseWord(what.subject))},
                           {"by", model::JsonText(verdict.by)},
                           {"reason", model::JsonText(verdict.reason)}};
  const auto add = [&fields](const char* key, const std::string& text) {
    if (!text.empty()) fields.emplace_back(key, model::JsonText(text));
  };
  add("topic", what.topic);
  add("author", what.author);
  add("origin", what.origin);
  add("peer", what.peer);
  if (!what.head.empty()) fields.emplace_back("head", model::JsonObject(what.head));
  if (!what.content.empty()) fields.emplace_back("content", what.content);
  if (!what.tags.empty()) fields.emplace_back("tags", model::JsonTextArray(what.tags));
  const std::string sentence =
      fmt::format("A {} of {} is held back: {}", CaseWord(what.subject),
                  what.author.empty() ? "somebody new" : what.author, verdict.reason);
  return model::JsonObject(
      {{"txt", model::JsonText(sentence)}, {"quarantine", model::JsonObject(fields)}});
}

}  // namespace molva::topic
