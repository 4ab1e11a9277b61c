#include "session/devices.h"

#include <absl/functional/any_invocable.h>

#include <algorithm>

#include "base/log.h"
#include "base/strings.h"
#include "session/session.h"
#include "store/login_record.h"

namespace molva::session {
namespace {

using model::Fault;
using model::UserId;
using Done = absl::AnyInvocable<void(absl::Status)>;

// Every desk that might know the device hears whose it is; users live on all shards.
void TellDesks(const SessionEnv& env, const std::string& device, UserId user) {
  if (!env.router.has_pushers()) return;
  for (int shard = 0; shard < env.router.shard_count(); ++shard) {
    env.router.Push(shard, push::DeviceMoved{device, user});
  }
}

store::DeviceRecord RecordOf(const Session& session, std::string device) {
  const Session::State& state = session.state();
  store::DeviceRecord record;
  record.user = state.user;
  record.id = std::move(device);
  record.platform = state.platform;
  record.language = state.language;
  record.last_seen = session.now();
  return record;
}

// What is put for `fresh` to be the user's, in place of `former` (may be empty).
store::Batch BatchFor(const store::DeviceRecord& fresh, const std::string& former,
                      std::vector<store::DeviceRecord> known) {
  store::Batch batch;
  if (!former.empty() && former != fresh.id) {
    batch.emplace_back(store::EraseDevice{fresh.user, former});
  }
  std::erase_if(known, [&](const store::DeviceRecord& device) {
    return device.id == fresh.id || device.id == former;
  });
  std::sort(known.begin(), known.end(),
            [](const auto& a, const auto& b) { return a.last_seen < b.last_seen; });
  for (std::size_t i = 0; i + kMaxDevices <= known.size(); ++i) {
    batch.emplace_back(store::EraseDevice{fresh.user, known[i].id});
  }
  batch.emplace_back(store::PutDevice{fresh});
  return batch;
}

void Save(const SessionEnv& env, const store::DeviceRecord& fresh, const std::string& former,
          Done done) {
  store::Store& store = env.router.store();
  store.ListDevices(
      fresh.user, [&env, &store, fresh, former, done = std::move(done)](
                      absl::StatusOr<std::vector<store::DeviceRecord>> known) mutable {
        if (!known.ok()) return done(known.status());
        store.Write(BatchFor(fresh, former, *std::move(known)),
                    [&env, fresh, done = std::move(done)](absl::Status status) mutable {
                      if (status.ok()) TellDesks(env, fresh.id, fresh.user);
                      done(std::move(status));
                    });
      });
}

// Answers the session, if it is still there. If the store did not fail, `device` is the session's
// from then on.
Done AnswerTo(Session& session, const std::string& id, std::string device) {
  session.Await();
  return [&env = session.env(), handle = session.handle(), id,
          device = std::move(device)](const absl::Status& status) {
    Session* found = Session::Find(env, handle);
    if (found == nullptr) return;
    const bool is_missing = absl::IsNotFound(status);
    if (status.ok() || is_missing) found->state().device_id = device;
    found->state().login_seen = absl::InfinitePast();  // so that the login hears of it too
    found->Reply(id, "", is_missing ? Fault::kNotFound : model::FaultOf(status));
    found->Resume();
  };
}

void LogKept(const absl::Status& status) {
  base::LogWarning("the device of an ended login is kept",
                   {{"error", std::string(base::ToStd(status.message()))}});
}

}  // namespace

bool DeviceFits(const model::Hi& hi) {
  return hi.device_id.size() <= kMaxDeviceBytes && hi.platform.size() <= kMaxPlatformBytes &&
         hi.language.size() <= kMaxLanguageBytes;
}

std::string GuessPlatform(std::string_view user_agent) {
  const std::string agent = base::AsciiLower(user_agent);
  const auto has = [&agent](std::string_view word) {
    return agent.find(word) != std::string::npos;
  };
  if (has("reactnative")) {
    if (has("iphone") || has("ipad")) return "ios";
    return has("android") ? "android" : "";
  }
  if (has("tinodejs")) return "web";
  if (has("tindroid")) return "android";
  return has("tinodios") ? "ios" : "";
}

void RememberDevice(Session& session) {
  const std::string& device = session.state().device_id;
  if (device.empty()) return;
  Save(session.env(), RecordOf(session, device), "", [](const absl::Status& status) {
    if (!status.ok()) {
      base::LogWarning("device not stored", {{"error", std::string(status.message())}});
    }
  });
}

void ReplaceDevice(Session& session, const std::string& id, const std::string& device) {
  Save(session.env(), RecordOf(session, device), session.state().device_id,
       AnswerTo(session, id, device));
}

void ClearDevice(Session& session, const std::string& id) {
  const std::string former = session.state().device_id;
  if (former.empty()) return session.Reply(id, "", Fault::kNotFound);
  session.env().router.store().Write(
      {store::EraseDevice{session.state().user, former, store::Expect::kPresent}},
      [&env = session.env(), former,
       done = AnswerTo(session, id, "")](absl::Status status) mutable {
        if (status.ok()) TellDesks(env, former, UserId::Nobody());
        done(std::move(status));
      });
}

void ForgetDevices(const SessionEnv& env, UserId user, std::vector<std::string> lines) {
  if (lines.empty()) return;
  using Devices = absl::StatusOr<std::vector<store::DeviceRecord>>;
  env.router.store().ListDevices(
      user, [&env, user, lines = std::move(lines)](const Devices& known) {
        if (!known.ok()) return LogKept(known.status());
        for (const store::DeviceRecord& device : *known) {
          if (std::find(lines.begin(), lines.end(), store::LoginLine(device.id)) == lines.end()) {
            continue;
          }
          env.router.store().Write({store::EraseDevice{user, device.id}},
                                   [&env, id = device.id](const absl::Status& status) {
                                     if (!status.ok()) return LogKept(status);
                                     TellDesks(env, id, UserId::Nobody());
                                   });
        }
      });
}

}  // namespace molva::session
