// The ten requests, each in a file of its name. The dispatcher has checked that the session may
// send it at all; `request` carries the id, its body has been moved into the third argument.
#pragma once

#include "model/request.h"

namespace molva::session {

class Session;

void Handle(Session& session, const model::Request& request, model::Hi hi);
void Handle(Session& session, const model::Request& request, model::Acc acc);
void Handle(Session& session, const model::Request& request, model::Login login);
void Handle(Session& session, const model::Request& request, model::Sub sub);
void Handle(Session& session, const model::Request& request, model::Leave leave);
void Handle(Session& session, const model::Request& request, model::Pub pub);
void Handle(Session& session, const model::Request& request, model::Get get);
void Handle(Session& session, const model::Request& request, model::Set set);
void Handle(Session& session, const model::Request& request, model::Del del);
void Handle(Session& session, const model::Request& request, model::Note note);

}  // namespace molva::session
