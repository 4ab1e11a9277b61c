#include "topic/receipts.h"

#include "base/log.h"
#include "topic/call_desk.h"
#include "topic/once.h"
#include "topic/pushes.h"
#include "topic/reactions.h"
#include "topic/remote/notes.h"

namespace molva::topic {
namespace {

using model::AccessMode;
using model::UserId;
using presence::Notice;
using presence::What;

model::Info InfoFor(const ChatCore& core, const Mark& command, UserId viewer) {
  model::Info info;
  info.topic = core.ClientName(viewer);
  info.from = core.TextOf(command.from.user);
  info.what = command.request.what;
  info.seq = command.request.seq;
  info.payload = command.request.payload;
  return info;
}

enum class OwnSessions : bool { kSkip, kInclude };

// To the sessions of readers in the topic, and to those who are only on `me`.
void Spread(const ChatCore& core, const Mark& command, OwnSessions own) {
  const UserId author = command.from.user;
  core.Broadcast(
      [&](UserId u) {
        return (own == OwnSessions::kInclude || u != author) &&
               core.ModeOf(u).Has(AccessMode::kRead);
      },
      [&](UserId viewer) { return model::Packet(InfoFor(core, command, viewer)); },
      Except{.session = command.from.session});
  Notice notice;
  notice.what = What::kInfo;
  notice.note = command.request.what;
  notice.seq = command.request.seq;
  notice.payload = command.request.payload;
  notice.actor = author;
  notice.skip_session = command.from.session;
  notice.skip_attached = true;
  core.NotifyUsers(
      [&](const Subscriber& s) {
        return (own == OwnSessions::kInclude || s.record.user != author) &&
               s.mode().Has(AccessMode::kPresence | AccessMode::kRead);
      },
      notice);
}

void HandleReceipt(ChatCore& core, const Mark& command) {
  Subscriber* reader = core.FindLive(command.from.user);
  const model::SeqId seq = command.request.seq;
  if (reader == nullptr || !reader->mode().Has(AccessMode::kRead)) return;
  if (seq <= 0 || seq > core.record.seq) return;
  const bool is_read = command.request.what == "read";
  if (seq <= (is_read ? reader->record.read : reader->record.recv)) return;
  if (is_read) reader->record.read = seq;
  reader->record.recv = std::max(reader->record.recv, seq);
  // Not acknowledged, so nobody waits for the disk; the client's next mark makes up for a lost one.
  core.env.store.Write({store::RaiseMarks{core.name, command.from.user, false, reader->record.recv,
                                          reader->record.read}},
                       [](const absl::Status& status) {
                         if (!status.ok()) {
                           base::LogWarning("receipt not stored",
                                            {{"error", std::string(status.message())}});
                         }
                       });

  Notice own;
  own.what = is_read ? What::kRead : What::kRecv;
  own.seq = seq;
  own.skip_session = command.from.session;
  own.skip_attached = true;
  if (reader->mode().Has(AccessMode::kPresence)) core.NotifyUser(command.from.user, own);
  Spread(core, command, OwnSessions::kInclude);
  if (is_read) PushRead(core, command.from.user, seq);
  RelayNote(core, command);
  DeleteDelivered(core.shared_from_this());
}

bool IsTyping(const std::string& what) { return what == "kp" || what == "kpa" || what == "kpv"; }

bool MayComeFromOutside(const model::Note& note) {
  if (note.what == "recv") return true;
  return note.what == "call" &&
         (note.event == "ringing" || note.event == "accept" || note.event == "hang-up");
}

}  // namespace

void HandleMark(const CorePtr& core, const Mark& command) {
  const std::string& what = command.request.what;
  if (!core->IsAttached(command.from) && !MayComeFromOutside(command.request)) {
    core->Reply(command.from, model::Fault::kMustAttachFirst);
    return;
  }
  if (what == "read" || what == "recv") {
    HandleReceipt(*core, command);
  } else if (what == "call") {
    HandleCallNote(core, command);
  } else if (IsReaction(what)) {
    HandleReaction(core, command);
  } else if (core->is_read_only() || !core->ModeOf(command.from.user).Has(AccessMode::kWrite)) {
    return;
  } else if (IsTyping(what)) {
    Spread(*core, command, OwnSessions::kSkip);
    RelayNote(*core, command);
  } else if (what == "data") {
    Spread(*core, command, OwnSessions::kInclude);
  }
}

}  // namespace molva::topic
