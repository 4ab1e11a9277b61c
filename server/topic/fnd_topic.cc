#include "topic/fnd_topic.h"

#include "model/shared_packet.h"
#include "topic/fnd_hits.h"
#include "topic/fnd_query.h"
#include "topic/meta_get.h"

namespace molva::topic {
namespace {

using model::Fault;

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
  const model::SetDesc& desc = *query.desc;
  if (!desc.trusted.empty()) return Reply(command.from, Fault::kPermissionDenied);
  const bool has_public = !desc.public_card.empty();
  const bool has_private = !desc.private_note.empty();
  if (!has_public && !has_private) return Reply(command.from, Fault::kNotModified);
  const std::optional<std::string> text = model::ParseJsonText(desc.public_card);
  const std::optional<std::string> kept = model::ParseJsonText(desc.private_note);
  if ((has_public && !text.has_value()) || (has_private && !kept.has_value())) {
    return Reply(command.from, Fault::kMalformed);
  }
  if (has_public) at->second = *text == model::kClearMark ? std::string() : *text;
  if (has_private) return KeepQuery(command.from, desc.private_note);
  Reply(command.from, Fault::kOk);
}

void FndTopic::FindOwn(const Requester& from, absl::AnyInvocable<void(Own)> done) {
  env_.store.FindSubscription(
      name_, name_.user(), false,
      [self = shared_from_this(), from, done = std::move(done)](
          absl::StatusOr<std::optional<store::SubscriptionRecord>> own) mutable {
        if (own.ok() && !own->has_value()) {
          own = model::Fail(Fault::kNotFound, "no record of one's own search");
        }
        if (!own.ok()) return done(own.status());
        done(**std::move(own));
      });
}

// The query of all sessions that have none.
void FndTopic::KeepQuery(const Requester& from, const model::RawJson& text) {
  FindOwn(from, [self = shared_from_this(), from, text](Own own) {
    if (!own.ok()) return self->Reply(from, model::FaultOf(own.status()));
    model::MergeJson(own->private_note, text);
    own->updated = from.received;
    self->env_.store.Write(
        {store::PutSubscription{*own}},
        [self, from](const absl::Status& status) { self->Reply(from, model::FaultOf(status)); });
  });
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
      return SendDesc(from, std::move(next));
    case Part::kData:
    case Part::kReact:
    case Part::kSearch:
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

void FndTopic::SendDesc(const Requester& from, Sequence::Next next) {
  FindOwn(from, [self = shared_from_this(), from, next = std::move(next)](Own own) mutable {
    model::Meta meta = MetaFor(from, "fnd");
    meta.desc.emplace();
    meta.desc->access = AccessTextOf({model::access::kSelf, model::access::kSelf});
    const auto at = self->queries_.find(from.session);
    if (at != self->queries_.end() && !at->second.empty()) {
      meta.desc->public_card = model::JsonText(at->second);
    }
    if (own.ok()) meta.desc->private_note = own->private_note;
    self->env_.outbound.Reply(from.session, model::Share(std::move(meta)));
    next();
  });
}

void FndTopic::SendHits(const Requester& from, const std::vector<store::TagHit>& hits) const {
  if (hits.empty()) return Reply(from, Fault::kNoContent, {{"what", model::JsonText("sub")}});
  model::Meta meta = MetaFor(from, "fnd");
  for (const store::TagHit& hit : hits) meta.sub.push_back(EntryFor(env_, from.level, hit));
  env_.outbound.Reply(from.session, model::Share(std::move(meta)));
}

store::TagQuery FndTopic::Read(const Requester& from, const std::string& text) const {
  const validation::Credentials& credentials = env_.services.credentials;
  return ReadTagQuery(text, [&](const std::string& term) {
    std::vector<std::string> tags;
    for (const std::string& method : credentials.registry().ReservedTagNamespaces()) {
      const absl::StatusOr<validation::Contact> contact =
          credentials.Normalise({method, term, "", {}}, from.language);
      std::string tag = contact.ok() ? credentials.TagOf(*contact) : "";
      if (!tag.empty()) tags.push_back(std::move(tag));
    }
    return tags;
  });
}

// By the session's query, else by the one that the user keeps.
void FndTopic::Search(const Requester& from, Sequence::Next next) {
  const auto at = queries_.find(from.session);
  if (at != queries_.end() && !at->second.empty()) {
    return SearchFor(from, at->second, std::move(next));
  }
  FindOwn(from, [self = shared_from_this(), from, next = std::move(next)](Own own) mutable {
    if (!own.ok() && model::FaultOf(own.status()) != Fault::kNotFound) {
      self->Reply(from, model::FaultOf(own.status()));
      return next();
    }
    const model::RawJson note = own.ok() ? own->private_note : model::RawJson{};
    self->SearchFor(from, model::ParseJsonText(note).value_or(""), std::move(next));
  });
}

void FndTopic::Filter(const Requester& from, const std::string& text, Part part, Searching search,
                      Sequence::Next next) {
  SearchFilter* const filter = env_.services.search_filter;
  if (filter == nullptr || text.empty()) return search(text, std::move(next));
  filter->Judge(name_.user(), text,
                [self = shared_from_this(), from, part, search = std::move(search),
                 next = std::move(next)](SearchFilter::Verdict verdict) mutable {
                  if (const auto* go_on = std::get_if<SearchFilter::Search>(&verdict)) {
                    return search(go_on->text, std::move(next));
                  }
                  if (const auto* refused = std::get_if<Fault>(&verdict)) {
                    self->Reply(from, *refused);
                  } else {
                    self->SendFound(from, part, std::get<SearchFilter::Found>(std::move(verdict)));
                  }
                  next();
                });
}

// What the filter found by itself.
void FndTopic::SendFound(const Requester& from, Part part, SearchFilter::Found found) const {
  const bool asks_tags = part == Part::kTags;
  if (found.empty()) {
    return Reply(from, Fault::kNoContent, {{"what", model::JsonText(asks_tags ? "tags" : "sub")}});
  }
  model::Meta meta = MetaFor(from, "fnd");
  if (asks_tags) {
    meta.tags = {found.front().topic.empty() ? found.front().user : found.front().topic};
  } else {
    meta.sub = std::move(found);
  }
  env_.outbound.Reply(from.session, model::Share(std::move(meta)));
}

void FndTopic::SearchFor(const Requester& from, const std::string& text, Sequence::Next next) {
  Filter(
      from, text, Part::kSub,
      [self = shared_from_this(), from](const std::string& filtered, Sequence::Next after) {
        self->SearchFiltered(from, filtered, std::move(after));
      },
      std::move(next));
}

// Tags of masked namespaces are for those who have them.
void FndTopic::SearchFiltered(const Requester& from, const std::string& text, Sequence::Next next) {
  store::TagQuery query = Read(from, text);
  query.asker = name_.user();
  query.limit = env_.limits.max_results;
  std::vector<std::string> masked = TagsIn(query, env_.limits.masked_tag_namespaces);
  if (masked.empty()) return RunSearch(from, text, std::move(query), std::move(next));
  env_.store.FindUser(
      name_.user(),
      [self = shared_from_this(), from, text, query = std::move(query), masked = std::move(masked),
       next = std::move(next)](absl::StatusOr<std::optional<store::UserRecord>> user) mutable {
        if (user.ok() && user->has_value() && HasAll(**user, masked)) {
          return self->RunSearch(from, text, std::move(query), std::move(next));
        }
        self->Reply(from, user.ok() ? Fault::kPermissionDenied : model::FaultOf(user.status()));
        next();
      });
}

void FndTopic::RunSearch(const Requester& from, const std::string& text, store::TagQuery query,
                         Sequence::Next next) {
  const std::optional<Address> address = env_.names.is_federated() ? AddressIn(text) : std::nullopt;
  if (address.has_value() && address->domain != env_.names.domain()) {
    return SearchElsewhere(from, address->name, address->domain, std::move(query), std::move(next));
  }
  if (address.has_value()) AddOwnName(address->name, env_.limits.masked_tag_namespaces, query);
  if (AsksNothing(query)) {
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
  Filter(
      from, at == queries_.end() ? std::string() : at->second, Part::kTags,
      [self = shared_from_this(), from](const std::string& filtered, Sequence::Next after) {
        self->LookUpFiltered(from, filtered, std::move(after));
      },
      std::move(next));
}

void FndTopic::LookUpFiltered(const Requester& from, const std::string& text, Sequence::Next next) {
  store::TagQuery query = Read(from, text);
  query.limit = 1;
  const auto none = [&] { Reply(from, Fault::kNoContent, {{"what", model::JsonText("tags")}}); };
  if (query.required.size() != 1 || !query.optional.empty() ||
      !TagsIn(query, env_.limits.masked_tag_namespaces).empty() ||
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
          model::Meta meta = MetaFor(from, "fnd");
          meta.tags = {IdOf(self->env_.names, hits->front())};
          self->env_.outbound.Reply(from.session, model::Share(std::move(meta)));
        }
        next();
      });
}

}  // namespace molva::topic
