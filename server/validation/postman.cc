#include "validation/postman.h"

#include <string>
#include <utility>

#include "base/log.h"
#include "base/strings.h"
#include "model/fault.h"

namespace molva::validation {
namespace {

constexpr int kMostAttempts = 4;
constexpr absl::Duration kFirstDelay = absl::Seconds(15);

void LogFailure(const Validator& validator, const absl::Status& status) {
  base::LogWarning("a letter was not sent",
                   {{"method", std::string(validator.method())},
                    {"error", std::string(base::ToStd(status.message()))}});
}

}  // namespace

struct Postman::Desk {
  runtime::Shard& shard;
  runtime::WorkPool& pool;
  int waiting = 0;
};

struct Postman::Errand {
  const Validator& validator;
  const Letter letter;
  int attempts = 0;
};

Postman::Postman(runtime::Shard& shard, runtime::WorkPool& pool)
    : desk_(std::make_shared<Desk>(Desk{shard, pool})) {}

Postman::~Postman() = default;

bool Postman::Take(const Validator& validator, Letter letter) {
  return Submit(desk_, std::make_shared<Errand>(Errand{validator, std::move(letter)}));
}

bool Postman::Submit(const std::shared_ptr<Desk>& desk, ErrandPtr errand) {
  ++errand->attempts;
  return desk->pool.Submit(
      [&shard = desk->shard, weak = std::weak_ptr<Desk>(desk), errand = std::move(errand)] {
        absl::Status status = errand->validator.Send(errand->letter);
        if (status.ok()) return;
        shard.Post([weak, errand, status = std::move(status)] {
          if (const auto still = weak.lock()) OnSent(still, errand, status);
        });
      });
}

void Postman::OnSent(const std::shared_ptr<Desk>& desk, const ErrandPtr& errand,
                     const absl::Status& status) {
  const bool may_try_again = model::FaultOf(status) == model::Fault::kServiceUnavailable &&
                             errand->attempts < kMostAttempts && desk->waiting < kMostWaiting;
  if (!may_try_again) return LogFailure(errand->validator, status);
  ++desk->waiting;
  const absl::Duration delay = kFirstDelay * (1 << (2 * (errand->attempts - 1)));
  desk->shard.StartTimer(delay, [weak = std::weak_ptr<Desk>(desk), errand, status] {
    const auto still = weak.lock();
    if (still == nullptr) return;
    --still->waiting;
    if (!Submit(still, errand)) LogFailure(errand->validator, status);
  });
}

}  // namespace molva::validation
