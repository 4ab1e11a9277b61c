// Password reset: codes that stand in for a secret once.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "validation/credentials.h"

namespace molva::validation {

struct ResetLimits {
  absl::Duration lifetime = absl::Minutes(15);
  int max_tries = 3;
};

// Makes codes for those who have forgotten a secret, and takes them as the scheme "code". A code
// is kept sealed among the values of the store, so that it survives a restart; each try is
// written down before it is judged, and a right one is gone before it is used: no two sessions
// share a try or a code, on whichever shard they are.
//
// Thread:  confined to `shard`; `done` comes back to it, never inside the call.
// Borrows: everything. Answers that come after it has gone are dropped.
// Source:  docs/protocol behaviour §5.5.
class ResetCodes {
 public:
  ResetCodes(runtime::Shard& shard, store::Store& store, auth::Authenticator& authenticator,
             Credentials& credentials, const ResetLimits& limits);
  ~ResetCodes();

  // `secret`: "basic:email:alice@example.com". OK also if nobody has confirmed that contact: then
  // nothing is sent.
  // Errors: kMalformed; kNotImplemented for an unknown scheme or method; kNotFound if the account
  //         has no secret of that scheme; kDuplicateCredential while a code is good.
  void Ask(const std::string& secret, const std::string& language, store::Written done);
  // `secret`: "123456:email:alice@example.com", from `address`. The identity may not log in.
  // Errors: kMalformed, kAuthenticationFailed; kPolicyViolation after too many wrong ones.
  void Redeem(const std::string& secret, std::string address, store::Done<auth::Identity> done);
  // From now on forgets codes that nobody has used in time. One shard does it for all.
  void StartCollecting();

 private:
  struct Alive {};
  struct Inquiry;
  struct Attempt;
  using InquiryPtr = std::shared_ptr<Inquiry>;
  using AttemptPtr = std::shared_ptr<Attempt>;
  using Values = std::vector<std::pair<std::string, std::string>>;

  // Calls `next` with what the store answers, if this is still there.
  template <typename T, typename Next>
  auto IfAlive(Next next);

  void FindOwner(const InquiryPtr& inquiry);
  void FindSecret(const InquiryPtr& inquiry);
  void MakeCode(const InquiryPtr& inquiry, const Values& former);
  void Claim(const AttemptPtr& attempt);
  void OnFound(const AttemptPtr& attempt, const Values& rows);
  void Judge(const AttemptPtr& attempt);
  void Consume(const AttemptPtr& attempt);
  void Collect();
  std::string KeyOf(std::string_view subject) const;

  runtime::Shard& shard_;
  store::Store& store_;
  auth::Authenticator& authenticator_;
  Credentials& credentials_;
  const ResetLimits limits_;
  runtime::TimerId timer_ = runtime::TimerId::kNone;
  const std::shared_ptr<Alive> alive_;  // watched by callbacks
};

}  // namespace molva::validation
