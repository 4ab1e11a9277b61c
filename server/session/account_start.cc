#include "session/account_start.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/strings.h"
#include "session/account.h"
#include "session/account_state.h"
#include "session/login_reply.h"
#include "session/session.h"
#include "topic/alias.h"
#include "topic/moderate.h"

namespace molva::session {
namespace {

using model::Fail;
using model::Fault;
using validation::Contact;

model::JsonFields What(std::string_view word) { return {{"what", model::JsonText(word)}}; }

// One account that is being made. The session may go meanwhile; then it is made all the same once
// it has been written.
struct Start {
  const SessionEnv& env;
  model::SessionHandle session;
  std::string id;
  std::string scheme;
  model::Acc acc;
  auth::NewAuth prepared;
  NewAccount account;
  std::vector<Contact> contacts;
  std::vector<validation::LetterRequest> letters;
  std::vector<model::FileId> files;  // that the card refers to

  Session* Waiting() const { return Session::Find(env, session); }
};
using StartPtr = std::shared_ptr<Start>;  // held by the answer that is waited for

void Refuse(const StartPtr& start, const absl::Status& status, model::JsonFields params = {}) {
  Session* session = start->Waiting();
  if (session == nullptr) return;
  session->Reply(start->id, "", model::FaultOf(status), std::move(params));
  session->Resume();
}

void Answer(const StartPtr& start, Fault fault, model::JsonFields params) {
  Session* session = start->Waiting();
  if (session == nullptr) return;
  params.emplace_back("desc", DescribeAccount(start->account));
  session->Reply(start->id, "", fault, std::move(params));
  session->Resume();
}

// The account logs in, unless its contacts are to be confirmed first.
void LogIn(Session& session, const StartPtr& start) {
  auth::Identity identity;
  identity.user = start->account.user.id;
  identity.level = start->account.level;
  const std::vector<std::string> missing =
      start->env.credentials.registry().Required(identity.level);
  EnterLogin(session, missing.empty() ? ProofOf(identity) : identity,
             [start, missing](const absl::StatusOr<Entry>& entry) {
               Session* found = start->Waiting();
               if (found == nullptr) return;
               if (!entry.ok()) return Refuse(start, entry.status());
               if (missing.empty()) return Answer(start, Fault::kOk, Admit(*found, *entry));
               Answer(start, Fault::kValidateCredentials, AskForCredentials(*entry, missing));
             });
}

// The account is stored; the rest is the reply.
void Welcome(const StartPtr& start) {
  Session* session = start->Waiting();
  if (session == nullptr) return;
  // Who must set a second factor up does that when he logs in.
  if (start->acc.login && start->prepared.logs_in) return LogIn(*session, start);
  Answer(start, Fault::kCreated,
         {{"user", model::JsonText(start->account.user.id.ToString())},
          {"authlvl", model::JsonText(AuthLevelName(start->account.level))}});
}

// The owner may ask for another one.
void SendLetters(const StartPtr& start) {
  for (validation::LetterRequest& request : start->letters) {
    start->env.credentials.Send(std::move(request), [](const absl::Status& sent) {
      if (sent.ok()) return;
      base::LogWarning("the letter of a new account was not sent",
                       {{"error", std::string(base::ToStd(sent.message()))}});
    });
  }
}

// There will be no account: who was told of it is told that, too.
void Abandon(const StartPtr& start, const absl::Status& status, model::JsonFields params) {
  Refuse(start, status, std::move(params));
  using Records = absl::StatusOr<std::vector<store::AuthRecord>>;
  const model::UserId user = start->account.user.id;
  start->env.authenticator.PrepareEnd(user, [user](const Records& records) {
    if (records.ok()) return;
    base::LogWarning("an account that was not made is still known elsewhere",
                     {{"user", user.ToString()},
                      {"error", std::string(base::ToStd(records.status().message()))}});
  });
}

void Write(const StartPtr& start) {
  store::Batch batch = BatchFor(start->account, start->prepared);
  const store::UserRecord& user = start->account.user;
  if (!start->files.empty()) {
    batch.emplace_back(store::LinkFiles{std::nullopt, user.id, 0, {start->files[0]}});
  }
  const std::string language =
      start->Waiting() == nullptr ? std::string() : start->Waiting()->state().language;
  for (const Contact& contact : start->contacts) {
    absl::StatusOr<validation::LetterRequest> request = start->env.credentials.Prepare(
        {}, user.id, contact, language, validation::Occasion::kNewAccount);
    if (!request.ok()) return Abandon(start, request.status(), What(contact.method));
    std::move(request->batch.begin(), request->batch.end(), std::back_inserter(batch));
    start->letters.push_back(*std::move(request));
  }
  if (!start->env.credentials.registry().Required(start->account.level).empty()) {
    batch.emplace_back(store::PutValue{validation::UnvalidatedKey(user.id, user.created), ""});
  }
  start->env.router.store().Write(std::move(batch), [start](const absl::Status& status) {
    if (!status.ok()) {
      return Abandon(start, status,
                     absl::IsAlreadyExists(status) ? What("auth") : model::JsonFields{});
    }
    SendLetters(start);
    Welcome(start);
  });
}

// Schemes that keep their records elsewhere hear of the account first; they may add tags.
void Enrol(const StartPtr& start) {
  start->env.authenticator.Enrol(start->scheme, std::move(start->acc.secret),
                                 start->account.user.id,
                                 [start](const absl::StatusOr<std::vector<std::string>>& tags) {
                                   if (!tags.ok())
                                     return Refuse(start, tags.status(), What("auth"));
                                   std::vector<std::string>& all = start->account.user.tags;
                                   all.insert(all.end(), tags->begin(), tags->end());
                                   std::sort(all.begin(), all.end());
                                   all.erase(std::unique(all.begin(), all.end()), all.end());
                                   Write(start);
                                 });
}

void RefuseInWords(const StartPtr& start, const std::string& reason) {
  Session* session = start->Waiting();
  if (session == nullptr) return;
  model::Ctrl ctrl = model::MakeCtrl(Fault::kPermissionDenied, start->id, "", session->now());
  if (!reason.empty()) ctrl.text = reason;
  session->OnReply(model::Share(std::move(ctrl)));
  session->Resume();
}

// There is no way to pretend: a client that has made an account logs in to it.
void CarryOutVerdict(const StartPtr& start, const moderation::Case& what,
                     moderation::Verdict verdict) {
  using moderation::Ruling;
  switch (verdict.ruling) {
    case Ruling::kReplace:
      if (!verdict.content.empty()) start->account.user.public_card = std::move(verdict.content);
      return Enrol(start);
    case Ruling::kAccept:
      return Enrol(start);
    case Ruling::kRefuse:
      return RefuseInWords(start, verdict.reason);
    case Ruling::kQuarantine:
      topic::ReportToSys(start->env.router, what.when, what, verdict, {}, {});
      return RefuseInWords(start, "");
    case Ruling::kDrop:
      return RefuseInWords(start, "");
    case Ruling::kUnavailable:
      return Refuse(start, Fail(Fault::kServiceUnavailable, "no verdict"));
  }
}

void EnrolIfAllowed(const StartPtr& start) {
  moderation::Moderator* const moderator = start->env.moderator;
  const Session* session = start->Waiting();
  const bool by_root = session != nullptr && session->state().level == model::AuthLevel::kRoot;
  if (moderator == nullptr || by_root || !moderator->Wants(moderation::Subject::kAccount)) {
    return Enrol(start);
  }
  moderation::Case what;
  what.subject = moderation::Subject::kAccount;
  what.when = start->account.user.created;
  what.is_new = true;
  what.content = start->account.user.public_card;
  what.tags = start->account.user.tags;
  moderation::Case asked = what;
  moderator->Consider(std::move(asked),
                      [start, what = std::move(what)](moderation::Verdict verdict) {
                        CarryOutVerdict(start, what, std::move(verdict));
                      });
}

void WriteUnlessAliasIsTaken(const StartPtr& start) {
  topic::CheckAlias(start->env.router.store(), start->account.user.tags, {},
                    [start](const absl::Status& status) {
                      status.ok() ? EnrolIfAllowed(start) : Refuse(start, status, What("tags"));
                    });
}

// Takes the contacts that the node asks for, one of each method. Returns the method that is wrong.
absl::Status TakeContacts(Start& start, const std::string& language, std::string& wrong) {
  const validation::Credentials& credentials = start.env.credentials;
  for (const model::Credential& credential : start.acc.credentials) {
    if (credentials.registry().Find(credential.method) == nullptr) continue;
    const bool is_second = std::any_of(
        start.contacts.begin(), start.contacts.end(),
        [&credential](const Contact& known) { return known.method == credential.method; });
    if (credential.value.empty() || is_second) continue;
    wrong = credential.method;
    absl::StatusOr<Contact> contact = credentials.Normalise(credential, language);
    if (!contact.ok()) return contact.status();
    if (!credential.response.empty()) {
      return Fail(Fault::kAuthenticationFailed, "a response before there is a code");
    }
    start.contacts.push_back(*std::move(contact));
  }
  return absl::OkStatus();
}

std::vector<std::string> NotGiven(const Start& start) {
  std::vector<std::string> missing = start.env.credentials.registry().Required(start.account.level);
  std::erase_if(missing, [&start](const std::string& method) {
    return std::any_of(start.contacts.begin(), start.contacts.end(),
                       [&method](const Contact& contact) { return contact.method == method; });
  });
  return missing;
}

void OnPrepared(Session& session, const StartPtr& start) {
  const SessionEnv& env = start->env;
  const absl::StatusOr<store::State> state = NewState(session, start->acc.status);
  if (!state.ok()) return Refuse(start, state.status(), What("state"));
  absl::StatusOr<NewAccount> made = MakeAccount(
      start->acc, start->prepared,
      model::UserId::FromBits(names::NameBook::MakeOwnId(env.router.shard().random().Next64())),
      session.now(), env);
  if (!made.ok()) return Refuse(start, made.status(), What("tags"));
  start->account = *std::move(made);
  start->account.user.state = *state;
  std::string wrong;
  const absl::Status taken = TakeContacts(*start, session.state().language, wrong);
  if (!taken.ok()) return Refuse(start, taken, What(wrong));
  const std::vector<std::string> missing = NotGiven(*start);
  if (!missing.empty()) {
    return Refuse(start, Fail(Fault::kPolicyViolation, "required credentials are not given"),
                  {{"creds", model::JsonTextArray(missing)}});
  }
  if (start->contacts.empty()) return WriteUnlessAliasIsTaken(start);
  env.credentials.CheckFree(start->contacts, [start](const absl::Status& status) {
    if (status.ok()) return WriteUnlessAliasIsTaken(start);
    Refuse(start, status, What(start->contacts.front().method));
  });
}

}  // namespace

void StartAccount(Session& session, const model::Request& request, model::Acc acc) {
  if (acc.login && session.state().phase == Session::Phase::kAuthenticated) {
    return session.Reply(request.id, "", Fault::kAlreadyAuthenticated);
  }
  session.Await();
  const SessionEnv& env = session.env();
  std::string scheme = base::AsciiLower(acc.scheme);
  std::string secret = acc.secret;
  const auto start = std::make_shared<Start>(
      Start{env, session.handle(), request.id, scheme, std::move(acc), {}, {}, {}, {}, {}});
  if (request.extra.has_value()) start->files = model::FilesOf(request.extra->attachments);
  env.authenticator.PrepareNew(
      std::move(scheme), std::move(secret), [start](absl::StatusOr<auth::NewAuth> prepared) {
        Session* waiting = start->Waiting();
        if (waiting == nullptr) return;
        if (prepared.ok()) {
          start->prepared = *std::move(prepared);
          return OnPrepared(*waiting, start);
        }
        const bool no_scheme = model::FaultOf(prepared.status()) == Fault::kUnknownScheme;
        Refuse(start, no_scheme ? Fail(Fault::kMalformed, "no such scheme") : prepared.status(),
               no_scheme ? model::JsonFields{} : What("auth"));
      });
}

}  // namespace molva::session
