// get and set on `me`: the contact list, one's own card.
#pragma once

#include "topic/me_topic.h"

namespace molva::topic {

using MePtr = std::shared_ptr<MeState>;

void AnswerMe(const MePtr& me, const Requester& from, const model::GetQuery& query,
              PlanOrder order);
void ChangeMe(const MePtr& me, const Change& command);

}  // namespace molva::topic
