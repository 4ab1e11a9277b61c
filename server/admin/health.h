// Is the node alive, and ready for clients? What /livez and /readyz answer.
#pragma once

#include <absl/base/thread_annotations.h>
#include <absl/functional/any_invocable.h>
#include <absl/status/status.h>

#include <string>
#include <vector>

#include "runtime/mutex.h"

namespace molva::admin {

// Where the node is in its life. Only a serving node can be ready.
enum class NodePhase { kStarting, kServing, kDraining };

// The outcome of one check.
struct CheckResult {
  std::string name;
  absl::Status status;
};

// What was found, with two renderings.
struct HealthReport {
  NodePhase phase = NodePhase::kStarting;
  std::vector<CheckResult> checks;

  bool ok() const;
  // "ready" or "not ready", then a line per check.
  std::string ToText() const;
  // {"ready":false,"phase":"serving","checks":[{"name":"store","ok":false,"detail":"…"}]}
  std::string ToJson() const;
};

// Named checks that modules hand in.
//
// Thread: any.
class HealthBoard {
 public:
  // `check` is called from any thread, under the board's mutex: it reports what is already known
  // and does not block.
  using Check = absl::AnyInvocable<absl::Status() const>;
  void AddCheck(std::string name, Check check);
  void SetPhase(NodePhase phase);
  NodePhase phase() const;
  HealthReport Ready() const;

 private:
  struct Entry {
    std::string name;
    Check check;
  };
  mutable runtime::Mutex mutex_;
  NodePhase phase_ ABSL_GUARDED_BY(mutex_) = NodePhase::kStarting;
  std::vector<Entry> checks_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace molva::admin
