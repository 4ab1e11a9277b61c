#include "topic/fnd_topic.h"

#include "base/strings.h"
#include "model/shared_packet.h"
#include "topic/access_rules.h"
#include "topic/meta_get.h"
#include "topic/tag_query.h"

namespace molva::topic {
namespace {

using model::Fault;
using model::TopicKind;

model::Meta MetaFor(const Requester& from) {
  model::Meta meta;
  meta.id = from.request_id;
  meta.topic = "fnd";
  meta.ts = from.received;
  return meta;
}

std::string IdOf(const names::NameBook& names, const store::TagHit& hit) {
  if (const auto* user = std::get_if<store::UserRecord>(&hit.what)) return names.TextOf(user->id);
  return names.TextOfGroup(std::get<store::TopicRecord>(hit.what).name);
}

// "name@domain" as the whole query: somebody of a certain server.
struct Address {
  std::string name;
  std::string domain;
};
std::optional<Address> AddressIn(const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos || at == 0 || text.find_first_of(" ,\"") != std::string::npos) {
    return std::nullopt;
  }
  std::optional<std::string> domain = names::NormaliseDomain(std::string_view(text).substr(at + 1));
  if (!domain.has_value()) return std::nullopt;
  return Address{base::AsciiLower(text.substr(0, at)), *std::move(domain)};
}

// For a name of this server: as others find it.
void AddOwnName(const std::string& name, store::TagQuery& query) {
  if (query.required.size() == 1 && query.optional.empty()) {
    query.required.front().push_back("basic:" + name);
    query.required.front().push_back("alias:" + name);
  } else {
    query.optional.push_back("basic:" + name);
    query.optional.push_back("alias:" + name);
  }
}

model::MetaSub EntryFor(const names::NameBook& names, const Requester& from,
                        const store::TagHit& hit) {
  model::MetaSub entry;
  entry.topic = IdOf(names, hit);
  entry.private_note = model::JsonTextArray(hit.matched);
  std::visit(
      [&](const auto& found) {
        constexpr bool kIsUser = std::is_same_v<std::decay_t<decltype(found)>, store::UserRecord>;
        const TopicKind kind = kIsUser ? TopicKind::kP2p : TopicKind::kGroup;
        entry.updated = found.updated;
        entry.public_card = found.public_card;
        entry.trusted = found.trusted;
        entry.access.mode = DefaultFor(kind, found.access, from.level).ToString();
        if constexpr (!kIsUser) entry.subscriber_count = found.subscriber_count;
      },
      hit.what);
  return entry;
}

// Nothing to look for is no error: nothing is found.
store::TagQuery QueryFor(const std::string& text, model::UserId asker, std::int32_t limit) {
  store::TagQuery query;
  query.asker = asker;
  query.limit = limit;
  const absl::StatusOr<TagTerms> terms = ParseTagQuery(text);
  if (!terms.ok()) return query;
  for (const std::string& term : terms->required) {
    std::vector<std::string> alternatives = RewriteTerm(term);
    if (!alternatives.empty()) query.required.push_back(std::move(alternatives));
  }
  for (const std::string& term : terms->optional) {
    for (std::string& tag : RewriteTerm(term)) query.optional.push_back(std::move(tag));
  }
  return query;
}

// Who has not joined finds nothing, and a search has no description. Source: behaviour §8.1, §8.4.
Fault RefusalOutside(const model::GetQuery& query) {
  const absl::StatusOr<std::vector<Part>> parts = PlanQuery(query, PlanOrder::kGet);
  const bool asks_desc = parts.ok() && parts->front() == Part::kDesc;
  return asks_desc || !parts.ok() ? Fault::kMalformed : Fault::kPermissionDenied;
}

}  // namespace

void FndTopic::Reply(const Requester& to, Fault fault, model::JsonFields params) const {
  env_.outbound.Reply(to.session, model::Share(model::MakeCtrl(fault, to.request_id, to.topic_text,
                                                               to.received, std::move(params))));
}

void FndTopic::Handle(Command command) {
  if (auto* join = std::get_if<Join>(&command)) {
    HandleJoin(*join);
  } else if (auto* depart = std::get_if<Depart>(&command)) {
    HandleDepart(*depart);
  } else if (auto* change = std::get_if<Change>(&command)) {
    HandleChange(*change);
  } else if (auto* query = std::get_if<Query>(&command)) {
    if (queries_.contains(query->from.session)) {
      Answer(query->from, query->query, PlanOrder::kGet);
    } else {
      Reply(query->from, RefusalOutside(query->query));
    }
  } else if (auto* publish = std::get_if<Publish>(&command)) {
    Reply(publish->from, Fault::kPermissionDenied);
  } else if (auto* remove = std::get_if<Remove>(&command)) {
    Reply(remove->from, Fault::kPermissionDenied);
  } else if (auto* gone = std::get_if<SessionGone>(&command)) {
    Detach(gone->session);
  }
  if (queries_.empty()) env_.outbound.Unload(name_);
}

void FndTopic::HandleJoin(const Join& command) {
  queries_[command.from.session];
  Reply(command.from, Fault::kOk);
  env_.outbound.Settle(command.from.session, name_, Outbound::Attached::kYes);
  if (command.request.get.has_value()) Answer(command.from, *command.request.get, PlanOrder::kSub);
}

void FndTopic::HandleDepart(const Depart& command) {
  const bool attached = queries_.contains(command.from.session);
  Outbound::Attached remains = Outbound::Attached::kNo;
  if (!attached) {
    Reply(command.from, command.unsubscribe ? Fault::kMustAttachFirst : Fault::kNotJoined);
  } else if (command.unsubscribe) {
    Reply(command.from, Fault::kPermissionDenied);
    remains = Outbound::Attached::kYes;
  } else {
    Reply(command.from, Fault::kOk);
    Detach(command.from.session);
  }
  env_.outbound.Settle(command.from.session, name_, remains);
}

void FndTopic::Detach(model::SessionHandle session) { queries_.erase(session); }

void FndTopic::HandleChange(const Change& command) {
  const auto at = queries_.find(command.from.session);
  const model::SetQuery& query = command.query;
  if (at == queries_.end()) return Reply(command.from, Fault::kPermissionDenied);
  if (!query.desc.has_value()) return Reply(command.from, Fault::kMalformed);
  if (!query.desc->trusted.empty()) return Reply(command.from, Fault::kPermissionDenied);
  if (query.desc->public_card.empty()) return Reply(command.from, Fault::kNotModified);
  const std::optional<std::string> text = model::ParseJsonText(query.desc->public_card);
  if (!text.has_value()) return Reply(command.from, Fault::kMalformed);
  at->second = *text == model::kClearMark ? std::string() : *text;
  Reply(command.from, Fault::kOk);
}

void FndTopic::Answer(const Requester& from, const model::GetQuery& query, PlanOrder order) {
  const absl::StatusOr<std::vector<Part>> parts = PlanQuery(query, order);
  if (!parts.ok()) return Reply(from, model::FaultOf(parts.status()));
  const SequencePtr sequence = MakeSequence();
  for (const Part part : *parts) {
    sequence->Add([self = shared_from_this(), part, from](Sequence::Next next) {
      self->RunPart(part, from, std::move(next));
    });
  }
  sequence->Run();
}

void FndTopic::RunPart(Part part, const Requester& from, Sequence::Next next) {
  switch (part) {
    case Part::kSub:
      return Search(from, std::move(next));
    case Part::kTags:
      return LookUpTag(from, std::move(next));
    case Part::kDesc:
      SendDesc(from);
      break;
    case Part::kData:
      Reply(from, Fault::kPermissionDenied);
      break;
    case Part::kDel:
      Reply(from, Fault::kNoContent, {{"what", model::JsonText("del")}});
      break;
    case Part::kCred:
    case Part::kAux:
      Reply(from, Fault::kOperationNotAllowed);
      break;
  }
  next();
}

void FndTopic::SendDesc(const Requester& from) const {
  model::Meta meta = MetaFor(from);
  meta.desc.emplace();
  meta.desc->access = AccessTextOf({model::access::kSelf, model::access::kSelf});
  const auto at = queries_.find(from.session);
  if (at != queries_.end() && !at->second.empty()) {
    meta.desc->public_card = model::JsonText(at->second);
  }
  env_.outbound.Reply(from.session, model::Share(std::move(meta)));
}

void FndTopic::SendHits(const Requester& from, const std::vector<store::TagHit>& hits) const {
  if (hits.empty()) return Reply(from, Fault::kNoContent, {{"what", model::JsonText("sub")}});
  model::Meta meta = MetaFor(from);
  for (const store::TagHit& hit : hits) meta.sub.push_back(EntryFor(env_.names, from, hit));
  env_.outbound.Reply(from.session, model::Share(std::move(meta)));
}

void FndTopic::Search(const Requester& from, Sequence::Next next) {
  const auto at = queries_.find(from.session);
  const std::string text = at == queries_.end() ? std::string() : at->second;
  store::TagQuery query = QueryFor(text, name_.user(), env_.limits.max_results);
  const std::optional<Address> address = env_.names.is_federated() ? AddressIn(text) : std::nullopt;
  if (address.has_value() && address->domain != env_.names.domain()) {
    return SearchElsewhere(from, address->name, address->domain, std::move(query), std::move(next));
  }
  if (address.has_value()) AddOwnName(address->name, query);
  if (query.required.empty() && query.optional.empty()) {
    SendHits(from, {});
    return next();
  }
  env_.store.FindByTags(std::move(query),
                        [self = shared_from_this(), from, next = std::move(next)](
                            absl::StatusOr<std::vector<store::TagHit>> hits) mutable {
                          if (hits.ok()) {
                            self->SendHits(from, *hits);
                          } else {
                            self->Reply(from, model::FaultOf(hits.status()));
                          }
                          next();
                        });
}

// At a foreign server, and here for what else the text may mean (an e-mail address).
void FndTopic::SearchElsewhere(const Requester& from, const std::string& name,
                               const std::string& domain, store::TagQuery query,
                               Sequence::Next next) {
  env_.peers.Find(
      domain, name,
      [self = shared_from_this(), from, query = std::move(query),
       next = std::move(next)](absl::StatusOr<std::vector<store::TagHit>> there) mutable {
        auto hits = std::make_shared<std::vector<store::TagHit>>();
        if (there.ok()) *hits = *std::move(there);
        self->env_.store.FindByTags(
            std::move(query), [self, from, hits, why = there.status(), next = std::move(next)](
                                  absl::StatusOr<std::vector<store::TagHit>> here) mutable {
              if (here.ok()) hits->insert(hits->end(), here->begin(), here->end());
              const absl::Status& failed = here.ok() ? why : here.status();
              if (hits->empty() && !failed.ok() && !absl::IsNotFound(failed)) {
                self->Reply(from, model::FaultOf(failed));
              } else {
                self->SendHits(from, *hits);
              }
              next();
            });
      });
}

// Who has exactly this tag? Used to test whether an alias is free.
void FndTopic::LookUpTag(const Requester& from, Sequence::Next next) {
  const auto at = queries_.find(from.session);
  const std::string text = at == queries_.end() ? std::string() : at->second;
  store::TagQuery query = QueryFor(text, model::UserId::Nobody(), 1);
  const auto none = [&] { Reply(from, Fault::kNoContent, {{"what", model::JsonText("tags")}}); };
  if (query.required.size() != 1 || !query.optional.empty() ||
      text.find(':') == std::string::npos) {
    none();
    return next();
  }
  env_.store.FindByTags(
      std::move(query), [self = shared_from_this(), from, next = std::move(next)](
                            absl::StatusOr<std::vector<store::TagHit>> hits) mutable {
        if (!hits.ok()) {
          self->Reply(from, model::FaultOf(hits.status()));
        } else if (hits->empty()) {
          self->Reply(from, Fault::kNoContent, {{"what", model::JsonText("tags")}});
        } else {
          model::Meta meta = MetaFor(from);
          meta.tags = {IdOf(self->env_.names, hits->front())};
          self->env_.outbound.Reply(from.session, model::Share(std::move(meta)));
        }
        next();
      });
}

}  // namespace molva::topic
