// The authenticator of one shard: looks records up, lets schemes judge, keeps slow work off the
// shard.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "auth/authenticator.h"
#include "auth/scheme_registry.h"
#include "runtime/shard.h"
#include "runtime/work_pool.h"
#include "store/store.h"

namespace molva::auth {

// Thread:  confined to `shard`.
// Borrows: everything; `registry` must also outlive the tasks of `pool`. Answers that come after
//          the authenticator has gone are dropped.
class SchemeAuthenticator final : public Authenticator {
 public:
  SchemeAuthenticator(runtime::Shard& shard, store::Store& store, runtime::WorkPool& pool,
                      const SchemeRegistry& registry);

  void Authenticate(std::string scheme, std::string secret, store::Done<Identity> done) override;
  void PrepareNew(std::string scheme, std::string secret, store::Done<NewAuth> done) override;
  void PrepareChange(std::string scheme, std::string secret, model::UserId user,
                     store::Done<Change> done) override;
  absl::StatusOr<Token> IssueToken(const Identity& identity) override;
  std::vector<std::string> ReservedTagNamespaces() const override;

 private:
  struct Alive {};
  using Found = std::optional<store::AuthRecord>;

  // Answers in a later turn of the shard.
  template <typename T>
  void Answer(store::Done<T> done, absl::StatusOr<T> answer);
  // Answers with what `work` returns, run on the pool unless the scheme is quick.
  template <typename T, typename Work>
  void Run(const Scheme& scheme, store::Done<T> done, Work work);
  // Calls `next` with the record, or answers the error.
  template <typename T, typename Next>
  void FindRecord(const Scheme& scheme, const std::string& unique, store::Done<T> done, Next next);

  void Verify(const Scheme& scheme, std::string secret, Found record, store::Done<Identity> done);
  void MakeNew(const Scheme& scheme, std::string secret, std::string unique,
               store::Done<NewAuth> done);
  void ChangeRecord(const Scheme& scheme, std::string secret, std::string unique, Found former,
                    store::Done<Change> done);
  void MakeChange(const Scheme& scheme, std::string secret, std::string unique,
                  store::AuthRecord former, store::Done<Change> done);

  runtime::Shard& shard_;
  store::Store& store_;
  runtime::WorkPool& pool_;
  const SchemeRegistry& registry_;
  // Held by nobody else; callbacks watch it to learn whether the authenticator is still there.
  const std::shared_ptr<Alive> alive_;
};

}  // namespace molva::auth
