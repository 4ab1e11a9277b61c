#include "tests/support/mailbox.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "model/fault.h"

namespace molva::test {

using model::Fail;
using model::Fault;

void Mailbox::Put(const validation::Letter& letter) {
  const std::lock_guard lock(mutex_);
  letters_.push_back(letter);
}

void Mailbox::FailNext(int count) {
  const std::lock_guard lock(mutex_);
  failures_ = count;
}

bool Mailbox::TakeFailure() {
  const std::lock_guard lock(mutex_);
  if (failures_ == 0) return false;
  --failures_;
  return true;
}

std::optional<validation::Letter> Mailbox::Take(const std::string& to) {
  const std::lock_guard lock(mutex_);
  const auto at = std::find_if(letters_.begin(), letters_.end(),
                               [&to](const auto& letter) { return letter.to == to; });
  if (at == letters_.end()) return std::nullopt;
  validation::Letter letter = std::move(*at);
  letters_.erase(at);
  return letter;
}

absl::StatusOr<std::string> MailboxValidator::Normalise(std::string_view value,
                                                        const model::RawJson&) const {
  const std::size_t at = value.find('@');
  if (at == 0 || at == std::string_view::npos || at + 1 == value.size() ||
      value.find('@', at + 1) != std::string_view::npos) {
    return Fail(Fault::kMalformed, "not an address");
  }
  std::string address = base::AsciiLower(value);
  if (address.ends_with("@spam.example")) return Fail(Fault::kPolicyViolation, "a refused domain");
  return address;
}

absl::Status MailboxValidator::Send(const validation::Letter& letter) const {
  if (mailbox_->TakeFailure()) return Fail(Fault::kServiceUnavailable, "the mailbox is shut");
  mailbox_->Put(letter);
  return absl::OkStatus();
}

ValidationBench::ValidationBench(runtime::WorkPool& work_pool, int letters_per_hour)
    : sealer("a key that only tests have, of 32+ bytes"),
      letters({.account_failures = letters_per_hour, .window = absl::Hours(1)}, 1),
      guesses({}, 2),
      pool(work_pool) {}

}  // namespace molva::test
