#include "topic/remote/notes.h"

#include "topic/receipts.h"

namespace molva::topic {

void RelayNote(ChatCore& core, const Mark& command) {
  if (core.lanes.chain.n == 0) return;
  const auto send = [&](const std::string& domain) {
    core.env.peers.SendNote(domain, core.name, command.from.user, command.request.what,
                            command.request.seq);
  };
  if (core.is_replica()) {
    if (!command.from.is_remote()) send(core.record.home);
    return;
  }
  for (const std::string& domain : core.PeerDomains()) {
    if (domain != command.from.origin) send(domain);
  }
}

void HandlePeerNote(const CorePtr& core, const PeerNote& note) {
  const names::NameBook& names = core->env.names;
  const bool may_speak = core->is_replica() ? note.domain == core->record.home
                                            : names.DomainOf(note.user) == note.domain;
  if (!core->exists || !may_speak || !names.IsForeign(note.user)) return;
  if (core->FindLive(note.user) == nullptr) return;
  Mark mark;
  mark.from.user = note.user;
  mark.from.origin = note.domain;
  mark.from.received = core->env.shard.Now();
  mark.request.what = note.what;
  mark.request.seq = note.seq;
  HandleMark(core, mark);
}

void RepeatMarks(ChatCore& core, const std::string& domain) {
  const bool concerns = core.is_replica() ? core.record.home == domain : core.lanes.chain.n > 0;
  if (!core.exists || !concerns) return;
  for (const auto& [user, subscriber] : core.subscribers) {
    if (!subscriber.is_live() || core.env.names.IsForeign(user)) continue;
    if (subscriber.record.recv > 0) {
      core.env.peers.SendNote(domain, core.name, user, "recv", subscriber.record.recv);
    }
    if (subscriber.record.read > 0) {
      core.env.peers.SendNote(domain, core.name, user, "read", subscriber.record.read);
    }
  }
}

}  // namespace molva::topic
