// The `fnd` topic of a user: search for people and groups by tag.
#pragma once

#include <absl/container/flat_hash_map.h>

#include "store/records.h"
#include "topic/query_plan.h"
#include "topic/sequence.h"
#include "topic/topic.h"

namespace molva::topic {

// Each session has a query of its own, kept in memory while it is attached.
//
// Thread: confined to its shard. Source: docs/protocol behaviour §8.7 and §12.
class FndTopic final : public Topic, public std::enable_shared_from_this<FndTopic> {
 public:
  FndTopic(model::TopicName name, const TopicEnv& env) : name_(name), env_(env) {}

  void Handle(Command command) override;

 private:
  void Reply(const Requester& to, model::Fault fault, model::JsonFields params = {}) const;
  void HandleJoin(const Join& command);
  void HandleDepart(const Depart& command);
  void Detach(model::SessionHandle session);
  void HandleChange(const Change& command);
  void Answer(const Requester& from, const model::GetQuery& query, PlanOrder order);
  void RunPart(Part part, const Requester& from, Sequence::Next next);
  void Search(const Requester& from, Sequence::Next next);
  void SearchElsewhere(const Requester& from, const std::string& name, const std::string& domain,
                       store::TagQuery query, Sequence::Next next);
  void LookUpTag(const Requester& from, Sequence::Next next);
  void SendHits(const Requester& from, const std::vector<store::TagHit>& hits) const;
  void SendDesc(const Requester& from) const;

  const model::TopicName name_;
  const TopicEnv& env_;
  absl::flat_hash_map<model::SessionHandle, std::string> queries_;
};

}  // namespace molva::topic
