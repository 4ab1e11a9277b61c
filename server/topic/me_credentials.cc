#include "topic/me_credentials.h"

#include <algorithm>
#include <utility>

#include "validation/credentials.h"

namespace molva::topic {
namespace {

using model::Fail;
using model::Fault;
using validation::Contact;
using validation::Rows;
using Done = absl::AnyInvocable<void(const absl::Status&)>;

// Whose credentials, asked for by whom.
struct Asker {
  model::AuthLevel level = model::AuthLevel::kNone;
  std::string language;
};

validation::Credentials& DeskOf(const MePtr& me) { return me->env.services.credentials; }

void AnnounceTags(const MePtr& me) {
  model::Pres pres;
  pres.topic = "me";
  pres.what = "tags";
  me->Broadcast(pres, {});
}

void AddTag(std::vector<std::string>& tags, const std::string& tag) {
  const auto at = std::lower_bound(tags.begin(), tags.end(), tag);
  if (at == tags.end() || *at != tag) tags.insert(at, tag);
}

// Stores `batch` and, unless `tag` is empty, the account with that tag more or less. `done` comes
// before anybody is told.
enum class TagChange : bool { kAdd, kRemove };
void Store(const MePtr& me, store::Batch batch, const std::string& tag, TagChange change,
           Done done) {
  const auto apply = [](std::vector<std::string>& tags, const std::string& word, TagChange how) {
    if (how == TagChange::kAdd) {
      AddTag(tags, word);
    } else {
      std::erase(tags, word);
    }
  };
  const bool had_it = std::binary_search(me->user.tags.begin(), me->user.tags.end(), tag);
  const bool changes_tags = !tag.empty() && had_it == (change == TagChange::kRemove);
  if (changes_tags) {
    // Memory goes first: a change of the card meanwhile must not undo this one.
    apply(me->user.tags, tag, change);
    batch.emplace_back(store::PutUser{me->user, store::Expect::kPresent});
  }
  me->env.store.Write(std::move(batch), [me, tag, change, changes_tags, apply,
                                         done =
                                             std::move(done)](const absl::Status& status) mutable {
    if (!status.ok() && changes_tags) {
      apply(me->user.tags, tag, change == TagChange::kAdd ? TagChange::kRemove : TagChange::kAdd);
    }
    done(absl::IsAlreadyExists(status)
             ? Fail(Fault::kDuplicateCredential, "somebody else has confirmed this contact")
             : status);
    if (status.ok() && changes_tags) AnnounceTags(me);
  });
}

// Puts `work` into the line; it gets what the account has.
template <typename Work>
void InLine(const MePtr& me, Done done, Work work) {
  // Shared, because a line that is full drops the errand and the refusal still needs it.
  const auto kept = std::make_shared<Done>(std::move(done));
  const bool taken = me->credential_line->Add([me, kept,
                                               work = std::move(work)](Line::Next next) mutable {
    const auto finish =
        std::make_shared<Done>([kept, next = std::move(next)](const absl::Status& status) mutable {
          (*kept)(status);
          next();
        });
    me->env.store.ListCredentials(
        me->user_id(), [finish, work = std::move(work)](const absl::StatusOr<Rows>& rows) mutable {
          if (!rows.ok()) return (*finish)(rows.status());
          work(*rows, [finish](const absl::Status& status) { (*finish)(status); });
        });
  });
  if (!taken) (*kept)(Fail(Fault::kServiceUnavailable, "too many credentials wait"));
}

void SendLetter(const MePtr& me, const Rows& rows, const Contact& contact, const Asker& asker,
                Done done) {
  absl::StatusOr<validation::LetterRequest> request = DeskOf(me).Prepare(
      rows, me->user_id(), contact, asker.language, validation::Occasion::kLater);
  if (!request.ok()) return done(request.status());
  store::Batch batch = std::move(request->batch);
  me->env.store.Write(std::move(batch), [me, request = *std::move(request), done = std::move(done)](
                                            const absl::Status& status) mutable {
    if (!status.ok()) return done(status);
    DeskOf(me).Send(std::move(request), std::move(done));
  });
}

void Request(const MePtr& me, const model::Credential& credential, const Asker& asker, Done done) {
  if (DeskOf(me).registry().Find(credential.method) == nullptr) return done(absl::OkStatus());
  absl::StatusOr<Contact> contact = DeskOf(me).Normalise(credential, asker.language);
  if (!contact.ok()) return done(contact.status());
  InLine(me, std::move(done), [me, contact = *contact, asker](const Rows& rows, Done next) {
    DeskOf(me).CheckFree({contact}, [me, rows, contact, asker,
                                     next = std::move(next)](const absl::Status& status) mutable {
      if (!status.ok()) return next(status);
      SendLetter(me, rows, contact, asker, std::move(next));
    });
  });
}

void Confirm(const MePtr& me, const model::Credential& credential, const Asker& asker, Done done) {
  if (DeskOf(me).registry().Required(asker.level).empty()) return done(absl::OkStatus());
  InLine(me, std::move(done), [me, credential](const Rows& rows, Done next) {
    validation::Judgement judgement =
        DeskOf(me).Answer(rows, credential.method, credential.response);
    if (judgement.batch.empty()) return next(judgement.status);
    std::string tag;
    if (judgement.confirmed.has_value()) {
      tag = DeskOf(me).TagOf(*judgement.confirmed);
      judgement.batch.emplace_back(
          store::EraseValue{validation::UnvalidatedKey(me->user_id(), me->user.created)});
    }
    Store(me, std::move(judgement.batch), tag, TagChange::kAdd,
          [verdict = judgement.status, next = std::move(next)](const absl::Status& status) mutable {
            next(status.ok() ? verdict : status);
          });
  });
}

void Take(const MePtr& me, const model::Credential& credential, const Asker& asker, Done done) {
  if (credential.response.empty()) {
    Request(me, credential, asker, std::move(done));
  } else {
    Confirm(me, credential, asker, std::move(done));
  }
}

// One after the other; the first thing that goes wrong, but for a wrong response, is the answer.
void TakeAll(const MePtr& me, const std::shared_ptr<const TakeCredentials>& command, std::size_t at,
             const absl::Status& so_far) {
  const bool goes_on = so_far.ok() || model::FaultOf(so_far) == Fault::kInvalidResponse;
  if (!goes_on || at == command->credentials.size()) return command->answer(so_far);
  Take(me, command->credentials[at], {command->level, command->language},
       [me, command, at, so_far](const absl::Status& status) {
         TakeAll(me, command, at + 1, status.ok() ? so_far : status);
       });
}

absl::StatusOr<Contact> Named(const MePtr& me, const std::optional<model::Credential>& credential) {
  if (!credential.has_value() || credential->value.empty() ||
      DeskOf(me).registry().Find(credential->method) == nullptr) {
    return Fail(Fault::kMalformed, "method and value of a credential");
  }
  absl::StatusOr<Contact> contact = DeskOf(me).Normalise(*credential, "");
  // What the validator would not take today may be there all the same.
  if (!contact.ok()) return Contact{credential->method, credential->value};
  return contact;
}

}  // namespace

void GetCredentials(const MePtr& me, const Requester& from, Sequence::Next next) {
  me->env.store.ListCredentials(
      me->user_id(), [me, from, next = std::move(next)](const absl::StatusOr<Rows>& rows) mutable {
        if (!rows.ok()) {
          me->Refuse(from, rows.status());
          return next();
        }
        model::Meta meta;
        meta.id = from.request_id;
        meta.topic = "me";
        meta.ts = from.received;
        for (const store::CredentialRecord& row : *rows) {
          if (validation::IsHidden(row)) continue;
          meta.credentials.push_back({row.method, row.value, row.is_done});
        }
        if (meta.credentials.empty()) {
          me->Reply(from, Fault::kNoContent, {{"what", model::JsonText("creds")}});
        } else {
          me->Send(from, std::move(meta));
        }
        next();
      });
}

void SetCredential(const MePtr& me, const Requester& from, const model::Credential& credential,
                   Sequence::Next next) {
  Take(me, credential, {from.level, from.language},
       [me, from, next = std::move(next)](const absl::Status& status) mutable {
         me->Refuse(from, status);
         next();
       });
}

void DeleteCredential(const MePtr& me, const Remove& command) {
  const Requester& from = command.from;
  if (!me->sessions.Has(from.session)) return me->Reply(from, Fault::kMustAttachFirst);
  const absl::StatusOr<Contact> contact = Named(me, command.request.credential);
  if (!contact.ok()) return me->Refuse(from, contact.status());
  const std::vector<std::string> required = DeskOf(me).registry().Required(from.level);
  const bool is_required =
      std::find(required.begin(), required.end(), contact->method) != required.end();
  InLine(
      me, [me, from](const absl::Status& status) { me->Refuse(from, status); },
      [me, contact = *contact, is_required](const Rows& rows, Done next) {
        using validation::Need;
        absl::StatusOr<validation::Removal> removal = validation::PlanRemoval(
            rows, contact, is_required ? Need::kYes : Need::kNo, me->env.shard.Now());
        if (!removal.ok()) return next(removal.status());
        const std::string tag = removal->was_done ? DeskOf(me).TagOf(contact) : std::string();
        Store(me, std::move(removal->batch), tag, TagChange::kRemove, std::move(next));
      });
}

void TakeCredentialList(const MePtr& me, const TakeCredentials& command) {
  TakeAll(me, std::make_shared<const TakeCredentials>(command), 0, absl::OkStatus());
}

}  // namespace molva::topic
