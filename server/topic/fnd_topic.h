// The `fnd` topic of a user: search for people and groups by tag.
#pragma once

#include <absl/container/flat_hash_map.h>

#include "store/records.h"
#include "topic/query_plan.h"
#include "topic/sequence.h"
#include "topic/topic.h"

namespace molva::topic {

// Each session has a query of its own, kept in memory while it is attached; one that the user keeps
// stands in where there is none.
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
  // What the user keeps here. Errors: kNotFound; those of the store.
  using Own = absl::StatusOr<store::SubscriptionRecord>;
  void FindOwn(const Requester& from, absl::AnyInvocable<void(Own)> done);
  void KeepQuery(const Requester& from, const model::RawJson& text);
  void Answer(const Requester& from, const model::GetQuery& query, PlanOrder order);
  void RunPart(Part part, const Requester& from, Sequence::Next next);
  void Search(const Requester& from, Sequence::Next next);
  void SearchFor(const Requester& from, const std::string& text, Sequence::Next next);
  void SearchFiltered(const Requester& from, const std::string& text, Sequence::Next next);
  // Lets the filter of the node judge `text`; `search` goes on with what it lets through.
  using Searching = absl::AnyInvocable<void(const std::string& text, Sequence::Next next)>;
  void Filter(const Requester& from, const std::string& text, Part part, Searching search,
              Sequence::Next next);
  void RunSearch(const Requester& from, const std::string& text, store::TagQuery query,
                 Sequence::Next next);
  store::TagQuery Read(const Requester& from, const std::string& text) const;
  void SearchElsewhere(const Requester& from, const std::string& name, const std::string& domain,
                       store::TagQuery query, Sequence::Next next);
  void SendFound(const Requester& from, Part part, SearchFilter::Found found) const;
  void LookUpTag(const Requester& from, Sequence::Next next);
  void LookUpFiltered(const Requester& from, const std::string& text, Sequence::Next next);
  void SendHits(const Requester& from, const std::vector<store::TagHit>& hits) const;
  void SendDesc(const Requester& from, Sequence::Next next);

  const model::TopicName name_;
  const TopicEnv& env_;
  absl::flat_hash_map<model::SessionHandle, std::string> queries_;
};

}  // namespace molva::topic
