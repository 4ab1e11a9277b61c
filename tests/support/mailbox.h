// The world's letter boxes: what nodes have sent to contacts, for tests to read.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/plain_authenticator.h"
#include "validation/reset_codes.h"

namespace molva::test {

// Letters that were sent and not read yet. Thread: any.
class Mailbox {
 public:
  void Put(const validation::Letter& letter);
  // The next so many letters cannot be sent for now.
  void FailNext(int count);
  bool TakeFailure();
  // The oldest letter to `to`, taken out.
  std::optional<validation::Letter> Take(const std::string& to);

 private:
  std::mutex mutex_;
  std::vector<validation::Letter> letters_;
  int failures_ = 0;
};

// Takes what has text on both sides of one @, in lower case, and refuses the domain "spam.example".
class MailboxValidator final : public validation::Validator {
 public:
  MailboxValidator(std::string method, std::shared_ptr<Mailbox> mailbox)
      : method_(std::move(method)), mailbox_(std::move(mailbox)) {}

  std::string_view method() const override { return method_; }
  absl::StatusOr<std::string> Normalise(std::string_view value,
                                        const model::RawJson& params) const override;
  absl::Status Send(const validation::Letter& letter) const override;

 private:
  const std::string method_;
  const std::shared_ptr<Mailbox> mailbox_;
};

// What the shards of a node share for validation. Borrows `pool`.
struct ValidationBench {
  explicit ValidationBench(runtime::WorkPool& work_pool, int letters_per_hour = 0);

  validation::SharedParts shared() { return {registry, sealer, letters, guesses, pool}; }

  validation::ValidatorRegistry registry;
  validation::CodeSealer sealer;
  auth::LoginThrottle letters;
  auth::LoginThrottle guesses;
  runtime::WorkPool& pool;
};

// Who comes in on one shard, and with which credentials.
struct ShardGate {
  ShardGate(runtime::Shard& shard, store::Store& store, ValidationBench& bench,
            const validation::ResetLimits& resets = {})
      : authenticator(store, shard.clock()),
        credentials(shard, store, authenticator, bench.shared()),
        reset_codes(shard, store, authenticator, credentials, resets) {}

  PlainAuthenticator authenticator;
  validation::Credentials credentials;
  validation::ResetCodes reset_codes;
};

}  // namespace molva::test
