#include "validation/reset_codes.h"

#include <absl/strings/numbers.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "model/fault.h"

namespace molva::validation {
namespace {

using model::Fail;
using model::Fault;
using model::UserId;

constexpr char kPrefix[] = "reset/";
constexpr std::int32_t kMostValues = 1000;
constexpr absl::Duration kCollectEvery = absl::Minutes(30);

// What stands between the colons: a scheme or a code, a method, a contact. More is ignored.
using Parts = std::array<std::string, 3>;

std::optional<Parts> Split(std::string_view secret) {
  Parts parts;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t colon = secret.find(':');
    if (colon == std::string_view::npos && i + 1 < parts.size()) return std::nullopt;
    parts[i] = secret.substr(0, colon);
    secret.remove_prefix(std::min(secret.size(), parts[i].size() + 1));
  }
  return parts;
}

// A code as the store keeps it: until when, whose, sealed.
struct Kept {
  absl::Time expires;
  UserId user;
  std::string sealed;
};

std::string TextOf(const Kept& kept) {
  return fmt::format("{} {} {}", absl::ToUnixMillis(kept.expires), kept.user.ToString(),
                     kept.sealed);
}

std::optional<Kept> Read(std::string_view text) {
  const std::vector<std::string_view> words = base::SplitWords(text, ' ');
  std::int64_t expires = 0;
  if (words.size() != 3 || !absl::SimpleAtoi(base::ToAbsl(words[0]), &expires)) return std::nullopt;
  const absl::StatusOr<UserId> user = UserId::Parse(words[1]);
  if (!user.ok()) return std::nullopt;
  return Kept{absl::FromUnixMillis(expires), *user, std::string(words[2])};
}

std::string TryKey(const std::string& key, int number) { return fmt::format("{}/{}", key, number); }

// The number of the last try that was made.
int LastTry(const std::string& key, const std::vector<std::pair<std::string, std::string>>& rows) {
  int last = 0;
  for (const auto& [name, value] : rows) {
    int number = 0;
    if (name.size() <= key.size()) continue;
    const std::string_view text = std::string_view(name).substr(key.size() + 1);
    if (absl::SimpleAtoi(base::ToAbsl(text), &number)) last = std::max(last, number);
  }
  return last;
}

void LogUnsent(const absl::Status& status) {
  base::LogWarning("a reset code was not sent",
                   {{"error", std::string(base::ToStd(status.message()))}});
}

}  // namespace

// Somebody who asks for a code. A contact that nobody has, or nobody who may log in, takes the same
// steps with Nobody: how long an answer takes must not tell.
struct ResetCodes::Inquiry {
  std::string scheme;
  Contact contact;
  std::string language;
  store::Written done;
  UserId user;
  std::string login;
  std::string key;
};

// Somebody who has one.
struct ResetCodes::Attempt {
  std::string code;
  std::string subject;
  std::string key;
  std::string address;
  store::Done<auth::Identity> done;
  Kept kept;

  void Refuse() { done(Fail(Fault::kAuthenticationFailed, "not a code that is good")); }
};

ResetCodes::ResetCodes(runtime::Shard& shard, store::Store& store,
                       auth::Authenticator& authenticator, Credentials& credentials,
                       const ResetLimits& limits)
    : shard_(shard),
      store_(store),
      authenticator_(authenticator),
      credentials_(credentials),
      limits_(limits),
      alive_(std::make_shared<Alive>()) {}

ResetCodes::~ResetCodes() = default;

template <typename T, typename Next>
auto ResetCodes::IfAlive(Next next) {
  return [alive = std::weak_ptr<Alive>(alive_), next = std::move(next)](T answer) mutable {
    if (!alive.expired()) next(std::move(answer));
  };
}

std::string ResetCodes::KeyOf(std::string_view subject) const {
  return kPrefix + credentials_.shared().sealer.NameOf(subject);
}

void ResetCodes::Ask(const std::string& secret, const std::string& language, store::Written done) {
  const auto answer = [this](store::Written to, absl::Status status) {
    shard_.Post([alive = std::weak_ptr<Alive>(alive_), to = std::move(to),
                 status = std::move(status)]() mutable {
      if (!alive.expired()) to(status);
    });
  };
  const std::optional<Parts> parts = Split(secret);
  if (!parts.has_value()) {
    return answer(std::move(done), Fail(Fault::kMalformed, "scheme, method and contact"));
  }
  const std::optional<std::string> scheme =
      authenticator_.RecordScheme(base::AsciiLower((*parts)[0]));
  if (!scheme.has_value() || credentials_.registry().Find((*parts)[1]) == nullptr) {
    return answer(std::move(done), Fail(Fault::kNotImplemented, "no such scheme or method"));
  }
  absl::StatusOr<Contact> contact =
      credentials_.Normalise({(*parts)[1], (*parts)[2], {}, {}}, language);
  // What cannot be a contact is one that nobody has.
  if (!contact.ok()) return answer(std::move(done), absl::OkStatus());
  auto inquiry = std::make_shared<Inquiry>();
  inquiry->scheme = *scheme;
  inquiry->contact = *std::move(contact);
  inquiry->language = language;
  inquiry->done = std::move(done);
  inquiry->key = KeyOf(fmt::format("{}:{}", inquiry->contact.method, inquiry->contact.value));
  FindOwner(inquiry);
}

void ResetCodes::FindOwner(const InquiryPtr& inquiry) {
  using Found = absl::StatusOr<std::optional<store::CredentialRecord>>;
  store_.FindCredential(
      inquiry->contact.method, inquiry->contact.value,
      IfAlive<const Found&>([this, inquiry](const Found& found) {
        if (!found.ok()) return inquiry->done(found.status());
        if (found->has_value()) inquiry->user = (*found)->user;
        using User = absl::StatusOr<std::optional<store::UserRecord>>;
        store_.FindUser(inquiry->user, IfAlive<const User&>([this, inquiry](const User& user) {
                          if (!user.ok()) return inquiry->done(user.status());
                          const bool is_live =
                              user->has_value() && (*user)->state == store::State::kOk;
                          if (!is_live) inquiry->user = UserId::Nobody();
                          FindSecret(inquiry);
                        }));
      }));
}

void ResetCodes::FindSecret(const InquiryPtr& inquiry) {
  using Found = absl::StatusOr<std::optional<store::AuthRecord>>;
  store_.FindAuthOfUser(
      inquiry->scheme, inquiry->user, IfAlive<const Found&>([this, inquiry](const Found& found) {
        if (!found.ok()) return inquiry->done(found.status());
        const bool is_known = !inquiry->user.is_nobody();
        if (is_known && !found->has_value()) {
          return inquiry->done(Fail(Fault::kNotFound, "the account has no secret of this scheme"));
        }
        if (is_known) inquiry->login = (*found)->unique;
        store_.ListValues(
            inquiry->key, kMostValues,
            IfAlive<absl::StatusOr<Values>>([this, inquiry](const absl::StatusOr<Values>& rows) {
              if (!rows.ok()) return inquiry->done(rows.status());
              if (!inquiry->user.is_nobody()) return MakeCode(inquiry, *rows);
              // A write that leaves nothing, however many are asked for.
              store_.Write({store::EraseValue{inquiry->key}},
                           IfAlive<const absl::Status&>(
                               [inquiry](const absl::Status& status) { inquiry->done(status); }));
            }));
      }));
}

void ResetCodes::MakeCode(const InquiryPtr& inquiry, const Values& former) {
  const Method& method = *credentials_.registry().Find(inquiry->contact.method);
  const std::string subject = fmt::format("{}:{}", inquiry->contact.method, inquiry->contact.value);
  store::Batch batch;
  for (const auto& [key, value] : former) {
    const std::optional<Kept> kept = Read(value);
    if (key == inquiry->key && kept.has_value() && kept->expires > shard_.Now()) {
      return inquiry->done(Fail(Fault::kDuplicateCredential, "a code is good still"));
    }
    batch.emplace_back(store::EraseValue{key});
  }
  auth::LoginThrottle& letters = credentials_.shared().letters;
  if (letters.Ask(subject, "", shard_.Now()) != auth::LoginThrottle::Verdict::kPass) {
    LogUnsent(Fail(Fault::kPolicyViolation, "too many letters to one contact"));
    return inquiry->done(absl::OkStatus());
  }
  letters.CountFailure(subject, "", shard_.Now());
  Letter letter;
  letter.reason = Reason::kReset;
  letter.to = inquiry->contact.value;
  letter.code = CodeSealer::Make(shard_.random(), method.rules.code_length);
  letter.language = inquiry->language;
  letter.scheme = inquiry->scheme;
  letter.login = inquiry->login;
  const Kept kept{shard_.Now() + limits_.lifetime, inquiry->user,
                  credentials_.shared().sealer.Seal(letter.code, subject)};
  batch.emplace_back(store::PutValue{inquiry->key, TextOf(kept), store::Expect::kAbsent});
  store_.Write(std::move(batch),
               IfAlive<const absl::Status&>([this, inquiry, letter](const absl::Status& status) {
                 if (absl::IsAlreadyExists(status)) {
                   return inquiry->done(Fail(Fault::kDuplicateCredential, "a code is good still"));
                 }
                 if (!status.ok()) return inquiry->done(status);
                 credentials_.Send({{}, inquiry->contact.method, letter, std::nullopt},
                                   [](const absl::Status& sent) {
                                     if (!sent.ok()) LogUnsent(sent);
                                   });
                 inquiry->done(absl::OkStatus());
               }));
}

void ResetCodes::Redeem(const std::string& secret, std::string address,
                        store::Done<auth::Identity> done) {
  auto attempt = std::make_shared<Attempt>();
  attempt->done = std::move(done);
  attempt->address = std::move(address);
  const auto refuse = [this, attempt](absl::Status status) {
    shard_.Post(
        [alive = std::weak_ptr<Alive>(alive_), attempt, status = std::move(status)]() mutable {
          if (!alive.expired()) attempt->done(std::move(status));
        });
  };
  const std::optional<Parts> parts = Split(secret);
  if (!parts.has_value()) return refuse(Fail(Fault::kMalformed, "code, method and contact"));
  const absl::StatusOr<Contact> contact =
      credentials_.Normalise({(*parts)[1], (*parts)[2], {}, {}}, "");
  if (!contact.ok()) return refuse(Fail(Fault::kAuthenticationFailed, "not a contact"));
  auth::LoginThrottle& guesses = credentials_.shared().guesses;
  if (guesses.Ask("", attempt->address, shard_.Now()) != auth::LoginThrottle::Verdict::kPass) {
    return refuse(Fail(Fault::kPolicyViolation, "too many wrong codes"));
  }
  attempt->code = (*parts)[0];
  attempt->subject = fmt::format("{}:{}", contact->method, contact->value);
  attempt->key = KeyOf(attempt->subject);
  Claim(attempt);
}

void ResetCodes::Claim(const AttemptPtr& attempt) {
  store_.ListValues(
      attempt->key, kMostValues,
      IfAlive<absl::StatusOr<Values>>([this, attempt](const absl::StatusOr<Values>& rows) {
        if (!rows.ok()) return attempt->done(rows.status());
        OnFound(attempt, *rows);
      }));
}

void ResetCodes::OnFound(const AttemptPtr& attempt, const Values& rows) {
  std::optional<Kept> kept;
  if (!rows.empty() && rows.front().first == attempt->key) kept = Read(rows.front().second);
  const int tries = LastTry(attempt->key, rows);
  if (!kept.has_value() || kept->expires <= shard_.Now() || tries >= limits_.max_tries) {
    return attempt->Refuse();
  }
  attempt->kept = *std::move(kept);
  const int number = tries + 1;
  store::Batch batch{store::PutValue{TryKey(attempt->key, number), "", store::Expect::kAbsent}};
  store_.Write(std::move(batch),
               IfAlive<const absl::Status&>([this, attempt](const absl::Status& status) {
                 // Somebody else has taken this try. The next one is another, so it ends.
                 if (absl::IsAlreadyExists(status)) return Claim(attempt);
                 if (!status.ok()) return attempt->done(status);
                 Judge(attempt);
               }));
}

void ResetCodes::Judge(const AttemptPtr& attempt) {
  const SharedParts& shared = credentials_.shared();
  if (!shared.sealer.Matches(attempt->kept.sealed, attempt->code, attempt->subject)) {
    shared.guesses.CountFailure("", attempt->address, shard_.Now());
    return attempt->Refuse();
  }
  Consume(attempt);
}

void ResetCodes::Consume(const AttemptPtr& attempt) {
  // Fails for all but one of those who come with it at once.
  store::Batch batch{store::PutValue{attempt->key, "", store::Expect::kPresent},
                     store::EraseValue{attempt->key}};
  for (int i = 1; i <= limits_.max_tries; ++i) {
    batch.emplace_back(store::EraseValue{TryKey(attempt->key, i)});
  }
  store_.Write(std::move(batch),
               IfAlive<const absl::Status&>([attempt](const absl::Status& status) {
                 if (absl::IsNotFound(status)) return attempt->Refuse();
                 if (!status.ok()) return attempt->done(status);
                 attempt->done(auth::Identity{.user = attempt->kept.user,
                                              .level = model::AuthLevel::kAuth,
                                              .may_log_in = false,
                                              .validated = false,
                                              .expires = attempt->kept.expires});
               }));
}

void ResetCodes::StartCollecting() {
  timer_ = shard_.StartTimer(kCollectEvery, [this, alive = std::weak_ptr<Alive>(alive_)] {
    if (alive.expired()) return;
    Collect();
    StartCollecting();
  });
}

void ResetCodes::Collect() {
  store_.ListValues(kPrefix, kMostValues,
                    IfAlive<absl::StatusOr<Values>>([this](const absl::StatusOr<Values>& rows) {
                      if (!rows.ok()) return;  // the next round tries again
                      store::Batch batch;
                      std::string live;
                      for (const auto& [key, value] : *rows) {
                        const std::optional<Kept> kept = Read(value);
                        if (kept.has_value() && kept->expires > shard_.Now()) live = key + "/";
                        if (kept.has_value() ? kept->expires <= shard_.Now()
                                             : live.empty() || !key.starts_with(live)) {
                          batch.emplace_back(store::EraseValue{key});
                        }
                      }
                      if (batch.empty()) return;
                      store_.Write(std::move(batch), [](const absl::Status& status) {
                        if (status.ok()) return;
                        base::LogWarning("old reset codes were not erased",
                                         {{"error", std::string(base::ToStd(status.message()))}});
                      });
                    }));
}

}  // namespace molva::validation
