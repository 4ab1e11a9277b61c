#include "topic/me_moderate.h"

#include <utility>

#include "topic/moderate.h"

namespace molva::topic {
namespace {

using model::Fault;
using moderation::Case;
using moderation::Ruling;
using moderation::Verdict;

bool IsJudged(const MeState& me, const Change& command) {
  const model::SetQuery& query = command.query;
  const bool has_card = query.desc.has_value() && !query.desc->public_card.empty();
  return me.env.services.moderator != nullptr && (has_card || query.tags.has_value()) &&
         command.from.session_level != model::AuthLevel::kRoot &&
         me.env.services.moderator->Wants(moderation::Subject::kAccount);
}

Case AccountOf(const MeState& me, const Change& command) {
  Case account;
  account.subject = moderation::Subject::kAccount;
  account.when = command.from.received;
  account.author = me.env.names.TextOf(me.user_id());
  if (command.query.desc.has_value()) account.content = command.query.desc->public_card;
  account.tags = command.query.tags.value_or(std::vector<std::string>());
  return account;
}

void CarryOutVerdictOnCard(const MePtr& me, const Case& account, Change command, Verdict verdict) {
  const Requester& from = command.from;
  switch (verdict.ruling) {
    case Ruling::kReplace:
      if (command.query.desc.has_value() && !verdict.content.empty()) {
        command.query.desc->public_card = std::move(verdict.content);
      }
      return ChangeMe(me, command);
    case Ruling::kAccept:
      return ChangeMe(me, command);
    case Ruling::kQuarantine:
      ReportToSys(me->env.outbound, me->env.shard.Now(), account, verdict, {}, {});
      return me->Reply(from, Fault::kOk);
    case Ruling::kDrop:
      return me->Reply(from, Fault::kOk);
    case Ruling::kRefuse: {
      model::Ctrl ctrl = model::MakeCtrl(Fault::kPermissionDenied, from.request_id, from.topic_text,
                                         from.received);
      if (!verdict.reason.empty()) ctrl.text = std::move(verdict.reason);
      return me->Send(from, std::move(ctrl));
    }
    case Ruling::kUnavailable:
      return me->Reply(from, Fault::kServiceUnavailable);
  }
}

}  // namespace

void ChangeMeIfAllowed(const MePtr& me, Change command) {
  if (!IsJudged(*me, command)) return ChangeMe(me, command);
  const Requester from = command.from;
  const bool taken =
      me->card_line->Add([me, command = std::move(command)](Line::Next next) mutable {
        Case account = AccountOf(*me, command);
        Case asked = account;
        me->env.services.moderator->Consider(
            std::move(asked), [me, account = std::move(account), command = std::move(command),
                               next = std::move(next)](Verdict verdict) mutable {
              CarryOutVerdictOnCard(me, account, std::move(command), std::move(verdict));
              next();
            });
      });
  if (!taken) me->Reply(from, Fault::kServiceUnavailable);
}

}  // namespace molva::topic
