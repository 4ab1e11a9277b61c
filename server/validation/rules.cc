#include "validation/rules.h"

#include <fmt/core.h>

#include <algorithm>

#include "model/fault.h"

namespace molva::validation {
namespace {

using model::Fail;
using model::Fault;
using store::CredentialRecord;

bool IsPending(const CredentialRecord& row) { return !row.is_done && !row.response.empty(); }

int RetriesLeft(const CredentialRecord& row, const Rules& rules) {
  return std::max(0, rules.max_retries - row.retries);
}

// Erased, unless somebody has guessed at it of late: then its count stays.
void GiveUp(const CredentialRecord& row, absl::Time now, store::Batch& batch) {
  if (row.retries == 0 || row.is_done || row.updated + kCodeLife <= now) {
    batch.emplace_back(store::EraseCredential{row.user, row.method, row.value});
    return;
  }
  CredentialRecord hidden = row;
  hidden.response.clear();
  batch.emplace_back(store::PutCredential{std::move(hidden)});
}

}  // namespace

bool IsHidden(const CredentialRecord& row) { return !row.is_done && row.response.empty(); }

store::Batch PlanRequest(const Rows& rows, model::UserId user, const Contact& contact,
                         std::string response, absl::Time now) {
  store::Batch batch;
  CredentialRecord fresh;
  fresh.user = user;
  fresh.method = contact.method;
  fresh.value = contact.value;
  fresh.created = now;
  for (const CredentialRecord& row : rows) {
    if (row.method != contact.method || row.is_done) continue;
    if (row.value != contact.value) {
      GiveUp(row, now, batch);
      continue;
    }
    fresh.created = row.created;
    if (row.updated + kCodeLife > now) fresh.retries = row.retries;
  }
  fresh.updated = now;
  fresh.response = std::move(response);
  batch.emplace_back(store::PutCredential{std::move(fresh)});
  return batch;
}

Judgement PlanAnswer(const Rows& rows, std::string_view method, std::string_view response,
                     const Rules& rules, const Judge& judge, absl::Time now) {
  const auto row = std::find_if(rows.begin(), rows.end(), [method](const CredentialRecord& known) {
    return known.method == method && IsPending(known);
  });
  Judgement judgement;
  if (row == rows.end()) {
    judgement.status = Fail(Fault::kNotFound, "no contact waits for a code");
  } else if (RetriesLeft(*row, rules) == 0) {
    judgement.status = Fail(Fault::kPolicyViolation, "too many wrong codes");
  } else if (row->updated + kCodeLife <= now) {
    judgement.status = Fail(Fault::kInvalidResponse, "the code is too old");
  } else if (!judge.IsRight(*row, response)) {
    CredentialRecord failed = *row;
    ++failed.retries;
    judgement.batch.emplace_back(store::PutCredential{std::move(failed)});
    judgement.status = Fail(Fault::kInvalidResponse, "a wrong code");
  } else {
    CredentialRecord done = *row;
    done.is_done = true;
    done.response.clear();
    done.retries = 0;
    done.updated = now;
    judgement.confirmed = Contact{done.method, done.value};
    judgement.batch.emplace_back(store::PutCredential{std::move(done)});
  }
  return judgement;
}

absl::StatusOr<Removal> PlanRemoval(const Rows& rows, const Contact& contact, Need is_required,
                                    absl::Time now) {
  const CredentialRecord* found = nullptr;
  int confirmed = 0;
  for (const CredentialRecord& row : rows) {
    if (row.method != contact.method || IsHidden(row)) continue;
    if (row.is_done) ++confirmed;
    if (row.value == contact.value) found = &row;
  }
  if (found == nullptr) return Fail(Fault::kNoAction, "no such credential");
  if (found->is_done && is_required == Need::kYes && confirmed == 1) {
    return Fail(Fault::kPolicyViolation, "the last confirmed one that is required");
  }
  Removal removal;
  removal.was_done = found->is_done;
  GiveUp(*found, now, removal.batch);
  return removal;
}

std::string UnvalidatedKey(model::UserId user, absl::Time created) {
  return fmt::format("{}{:013}/{}", kUnvalidatedPrefix, absl::ToUnixMillis(created),
                     user.ToString());
}

std::vector<std::string> Missing(const Rows& rows, const std::vector<std::string>& required) {
  std::vector<std::string> missing;
  for (const std::string& method : required) {
    const bool has_one = std::any_of(
        rows.begin(), rows.end(),
        [&method](const CredentialRecord& row) { return row.method == method && row.is_done; });
    if (!has_one) missing.push_back(method);
  }
  return missing;
}

}  // namespace molva::validation
