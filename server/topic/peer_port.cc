#include "topic/peer_port.h"

#include "model/fault.h"

namespace molva::topic {

std::string_view WordOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::kBadChain:
      return "bad_chain";
    case Refusal::kNotHome:
      return "not_home";
    case Refusal::kForeignAuthor:
      return "foreign_author";
    case Refusal::kBadPayload:
      return "bad_payload";
    case Refusal::kBadSeq:
      return "bad_seq";
    case Refusal::kNoRight:
      return "no_right";
    case Refusal::kUnasked:
      return "unasked";
    case Refusal::kUnknownUser:
      return "unknown_user";
    case Refusal::kTooSoon:
      return "too_soon";
    case Refusal::kBadTime:
      return "bad_time";
    case Refusal::kPolicy:
      return "policy";
    case Refusal::kMalformed:
      break;
  }
  return "malformed";
}

void NoPeers::LookUp(model::UserId, store::Done<store::UserRecord> done) {
  done(model::Fail(model::Fault::kUserNotFound, "this node does not federate"));
}

void NoPeers::Find(const std::string&, const std::string&,
                   store::Done<std::vector<store::TagHit>> done) {
  done(std::vector<store::TagHit>{});
}

}  // namespace molva::topic
