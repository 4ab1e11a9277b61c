#include "plugin/message_changes.h"

namespace molva::plugin {
namespace {

molva_reaction* ToC(const store::ReactionRecord& reaction, Arena& arena) {
  auto* c = arena.Make<molva_reaction>();
  c->seq = reaction.seq;
  c->topic = arena.Keep(reaction.topic.ToString());
  c->user = reaction.user.bits();
  c->sign = sdk::Text(reaction.sign);
  c->created = absl::ToUnixMillis(reaction.created);
  return c;
}

}  // namespace

Change ToChange(const store::PutUid& put, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_uid>();
  c->seq = put.uid.seq;
  c->topic = arena.Keep(put.uid.topic.ToString());
  c->user = put.uid.user.bits();
  c->uid = sdk::Text(put.uid.uid);
  return {MOLVA_PUT_UID, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::EraseUids& erase, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_uid>();
  c->seq = erase.through;
  c->topic = arena.Keep(erase.topic.ToString());
  return {MOLVA_ERASE_UIDS, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::PutDue& put, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_due>();
  c->seq = put.due.seq;
  c->topic = arena.Keep(put.due.topic.ToString());
  c->when = absl::ToUnixMillis(put.due.when);
  return {MOLVA_PUT_DUE, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::PutReaction& put, absl::Time, Arena& arena) {
  return {MOLVA_PUT_REACTION, MOLVA_EXPECT_ANYTHING, ToC(put.reaction, arena)};
}

Change ToChange(const store::EraseReaction& erase, absl::Time, Arena& arena) {
  return {MOLVA_ERASE_REACTION, MOLVA_EXPECT_ANYTHING, ToC(erase.reaction, arena)};
}

Change ToChange(const store::PutWords& put, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_words>();
  c->seq = put.words.seq;
  c->topic = arena.Keep(put.words.topic.ToString());
  c->words = sdk::Text(put.words.words);
  c->replaces = put.words.replaces;
  return {MOLVA_PUT_WORDS, MOLVA_EXPECT_ANYTHING, c};
}

Change ToChange(const store::EndWords& end, absl::Time, Arena& arena) {
  auto* c = arena.Make<molva_words>();
  c->seq = end.through;
  c->topic = arena.Keep(end.topic.ToString());
  return {MOLVA_END_WORDS, MOLVA_EXPECT_ANYTHING, c};
}

}  // namespace molva::plugin
