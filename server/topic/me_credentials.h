// The part of `me` that keeps the contacts of its account.
#pragma once

#include "topic/me_topic.h"

namespace molva::topic {

using MePtr = std::shared_ptr<MeState>;

// All of them: docs/protocol behaviour §13. Changes are made one at a time.
void GetCredentials(const MePtr& me, const Requester& from, Sequence::Next next);
void SetCredential(const MePtr& me, const Requester& from, const model::Credential& credential,
                   Sequence::Next next);
void DeleteCredential(const MePtr& me, const Remove& command);
// For sessions that do not speak to `me`: login and acc.
void TakeCredentialList(const MePtr& me, const TakeCredentials& command);

}  // namespace molva::topic
