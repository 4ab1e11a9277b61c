#include "app/admin_service.h"

#include <molva/admin/v1/admin.grpc.pb.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <utility>

#include "app/admin_text.h"
#include "app/federation_options.h"
#include "base/strings.h"
#include "model/fault.h"
#include "names/domain.h"

namespace molva::app {
namespace {

namespace v1 = molva::admin::v1;

constexpr absl::Duration kPatience = absl::Seconds(20);

// Only codes that both libraries number alike are used.
grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(base::ToStd(status.message()))};
}

// What is promised to a call and kept on a shard.
template <typename T>
class Promised {
 public:
  Promised() : promise_(std::make_shared<std::promise<T>>()), future_(promise_->get_future()) {}
  std::shared_ptr<std::promise<T>> promise() const { return promise_; }
  // nullopt if it was not kept in time.
  std::optional<T> Wait() {
    const auto outcome = future_.wait_for(absl::ToChronoMilliseconds(kPatience));
    if (outcome != std::future_status::ready) return std::nullopt;
    return future_.get();
  }

 private:
  std::shared_ptr<std::promise<T>> promise_;
  std::future<T> future_;
};

grpc::Status NoAnswer() { return {grpc::StatusCode::UNAVAILABLE, "the node does not answer"}; }

std::optional<session::AccountAction> ActionOf(v1::UserAction action) {
  switch (action) {
    case v1::USER_ACTION_SHOW:
      return session::AccountAction::kShow;
    case v1::USER_ACTION_PROMOTE:
      return session::AccountAction::kPromote;
    case v1::USER_ACTION_DEMOTE:
      return session::AccountAction::kDemote;
    case v1::USER_ACTION_SUSPEND:
      return session::AccountAction::kSuspend;
    case v1::USER_ACTION_RESTORE:
      return session::AccountAction::kRestore;
    case v1::USER_ACTION_DELETE:
      return session::AccountAction::kEnd;
    default:
      return std::nullopt;
  }
}

// Faults are for clients; the operator gets words.
grpc::Status RefusalOf(const absl::Status& status) {
  switch (model::FaultOf(status)) {
    case model::Fault::kUserNotFound:
      return {grpc::StatusCode::NOT_FOUND, "there is no such account"};
    case model::Fault::kNotModified:
      return {grpc::StatusCode::FAILED_PRECONDITION, "the account is so already"};
    case model::Fault::kPolicyViolation:
      return {grpc::StatusCode::FAILED_PRECONDITION, "the account has no login of its own"};
    default:
      return {grpc::StatusCode::UNAVAILABLE, std::string(base::ToStd(status.message()))};
  }
}

// Pieces of an archive on their way to the caller, who may be slow: a write waits for him.
class PieceSink final : public backup::ByteSink {
 public:
  explicit PieceSink(grpc::ServerWriter<v1::BackupPiece>& writer) : writer_(writer) {}

  absl::Status Write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), kPieceBytes - waiting_.size());
      waiting_ += bytes.substr(0, taken);
      bytes.remove_prefix(taken);
      if (waiting_.size() < kPieceBytes) continue;
      if (const absl::Status sent = Send(); !sent.ok()) return sent;
    }
    return absl::OkStatus();
  }
  absl::Status Send() {
    v1::BackupPiece piece;
    piece.set_bytes(std::exchange(waiting_, {}));
    if (writer_.Write(piece)) return absl::OkStatus();
    return absl::CancelledError("whoever asked for the backup has gone");
  }

 private:
  static constexpr std::size_t kPieceBytes = 256 * 1024;

  grpc::ServerWriter<v1::BackupPiece>& writer_;
  std::string waiting_;
};

class AdminService final : public v1::Admin::Service {
 public:
  explicit AdminService(AdminReach reach)
      : federation_(reach.federation),
        accounts_(std::move(reach.accounts)),
        backup_(std::move(reach.backup)) {}

  grpc::Status ListPeers(grpc::ServerContext*, const v1::ListPeersRequest*,
                         v1::ListPeersReply* reply) override {
    if (federation_ == nullptr) return Alone();
    for (const federation::PeerStats& peer : federation_->peers().Snapshot()) {
      Describe(peer, *reply->add_peers());
    }
    return grpc::Status::OK;
  }

  grpc::Status ShowPeer(grpc::ServerContext*, const v1::ShowPeerRequest* request,
                        v1::ShowPeerReply* reply) override {
    const std::optional<std::string> domain = names::NormaliseDomain(request->domain());
    if (const grpc::Status status = Check(domain); !status.ok()) return status;
    for (const federation::PeerStats& peer : federation_->peers().Snapshot()) {
      if (peer.domain == *domain) Describe(peer, *reply->mutable_peer());
    }
    Promised<std::optional<federation::PeerIdentity>> known;
    federation_->AskDiscovery([domain, promise = known.promise()](federation::Discovery& found) {
      promise->set_value(found.Known(*domain));
    });
    Promised<bool> allowed;
    federation_->policy().Ask(
        [domain, promise = allowed.promise()](const federation::DomainRules& rules) {
          promise->set_value(rules.Allows(*domain));
        });
    const auto identity = known.Wait();
    const auto is_allowed = allowed.Wait();
    if (!identity.has_value() || !is_allowed.has_value()) return NoAnswer();
    if (identity->has_value()) Describe(**identity, *reply->mutable_identity());
    reply->set_blocked(!*is_allowed);
    if (reply->has_peer() || reply->has_identity()) return grpc::Status::OK;
    return {grpc::StatusCode::NOT_FOUND, "this node has nothing to do with " + *domain};
  }

  grpc::Status PingPeer(grpc::ServerContext*, const v1::PingPeerRequest* request,
                        v1::PingPeerReply* reply) override {
    const std::optional<std::string> domain = names::NormaliseDomain(request->domain());
    if (const grpc::Status status = Check(domain); !status.ok()) return status;
    Promised<absl::StatusOr<absl::Duration>> pong;
    federation_->peers().Ping(*domain, [promise = pong.promise()](auto round_trip) {
      promise->set_value(std::move(round_trip));
    });
    const auto answer = pong.Wait();
    if (!answer.has_value()) return NoAnswer();
    if (!answer->ok()) return ToGrpc(answer->status());
    SetDuration(**answer, *reply->mutable_round_trip());
    return grpc::Status::OK;
  }

  grpc::Status RetryPeer(grpc::ServerContext*, const v1::RetryPeerRequest* request,
                         v1::RetryPeerReply*) override {
    const std::optional<std::string> domain = names::NormaliseDomain(request->domain());
    if (const grpc::Status status = Check(domain); !status.ok()) return status;
    federation_->peers().RetryNow(*domain);
    return grpc::Status::OK;
  }

  grpc::Status BlockPeer(grpc::ServerContext*, const v1::BlockPeerRequest* request,
                         v1::RulesReply* reply) override {
    return Change(request->pattern(), &PeerPolicy::Block, *reply);
  }

  grpc::Status AllowPeer(grpc::ServerContext*, const v1::AllowPeerRequest* request,
                         v1::RulesReply* reply) override {
    const grpc::Status status = Change(request->pattern(), &PeerPolicy::Allow, *reply);
    if (!status.ok()) return status;
    Promised<federation::DomainRules> rules;
    federation_->policy().Ask([promise = rules.promise()](const federation::DomainRules& now) {
      promise->set_value(now);
    });
    const std::optional<federation::DomainRules> in_force = rules.Wait();
    if (!in_force.has_value()) return NoAnswer();
    reply->set_denied_by_configuration(IsDenied(request->pattern(), *in_force, *reply));
    return status;
  }

  grpc::Status ChangeUser(grpc::ServerContext*, const v1::ChangeUserRequest* request,
                          v1::ChangeUserReply* reply) override {
    const std::optional<session::AccountAction> action = ActionOf(request->action());
    if (!action.has_value()) return {grpc::StatusCode::INVALID_ARGUMENT, "no such action"};
    Promised<absl::StatusOr<session::AccountState>> done;
    accounts_(*action, request->login(),
              [promise = done.promise()](const auto& account) { promise->set_value(account); });
    const auto account = done.Wait();
    if (!account.has_value()) return NoAnswer();
    if (!account->ok()) return RefusalOf(account->status());
    Describe(**account, *reply);
    return grpc::Status::OK;
  }

  grpc::Status Backup(grpc::ServerContext*, const v1::BackupRequest*,
                      grpc::ServerWriter<v1::BackupPiece>* writer) override {
    if (has_backup_.exchange(true)) {
      return {grpc::StatusCode::UNAVAILABLE, "another backup is being made"};
    }
    PieceSink sink(*writer);
    absl::Status status = backup_(sink);
    if (status.ok()) status = sink.Send();
    has_backup_ = false;
    return ToGrpc(status);
  }

 private:
  static grpc::Status Alone() {
    return {grpc::StatusCode::FAILED_PRECONDITION,
            "this node does not federate: federation.domain is not set"};
  }

  grpc::Status Check(const std::optional<std::string>& domain) const {
    if (federation_ == nullptr) return Alone();
    if (domain.has_value()) return grpc::Status::OK;
    return {grpc::StatusCode::INVALID_ARGUMENT, "that is no domain"};
  }

  // Whether something but the operator's own list stands against what `text` names.
  static bool IsDenied(std::string_view text, const federation::DomainRules& rules,
                       const v1::RulesReply& own) {
    const absl::StatusOr<std::string> pattern = NormalisePattern(text);
    return std::any_of(rules.deny.begin(), rules.deny.end(), [&](const std::string& denied) {
      const bool is_own =
          std::find(own.blocked().begin(), own.blocked().end(), denied) != own.blocked().end();
      return !is_own && pattern.ok() && federation::DomainMatches(denied, *pattern);
    });
  }

  grpc::Status Change(std::string_view text,
                      void (PeerPolicy::*change)(std::string, PeerPolicy::Told),
                      v1::RulesReply& reply) {
    if (federation_ == nullptr) return Alone();
    const absl::StatusOr<std::string> pattern = NormalisePattern(text);
    if (!pattern.ok()) return ToGrpc(pattern.status());
    Promised<absl::StatusOr<OperatorLists>> changed;
    (federation_->policy().*change)(*pattern, [promise = changed.promise()](auto lists) {
      promise->set_value(std::move(lists));
    });
    const auto lists = changed.Wait();
    if (!lists.has_value()) return NoAnswer();
    if (!lists->ok()) return ToGrpc(lists->status());
    reply.mutable_blocked()->Add((*lists)->blocked.begin(), (*lists)->blocked.end());
    reply.mutable_allowed()->Add((*lists)->allowed.begin(), (*lists)->allowed.end());
    return grpc::Status::OK;
  }

  Federation* const federation_;
  const decltype(AdminReach::accounts) accounts_;
  const decltype(AdminReach::backup) backup_;
  std::atomic<bool> has_backup_ = false;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeAdminService(AdminReach reach) {
  return std::make_unique<AdminService>(std::move(reach));
}

}  // namespace molva::app
