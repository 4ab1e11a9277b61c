// What the load generator can do to a server. Each workload prepares once and measures often.
#pragma once

#include <absl/status/statusor.h>
#include <sys/types.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/perf/load/crowd.h"

namespace molva::perf {

inline constexpr double kWarmUpSeconds = 0.3;
inline constexpr double kPatienceSeconds = 20;
inline constexpr std::size_t kContentBytes = 64;

struct Target {
  std::uint16_t port = 0;
  pid_t pid = 0;       // whose CPU time and memory are read
  pid_t database = 0;  // its CPU time and that of its children counts too; 0: there is none
};

// One figure of a result, under a JSON name.
struct Figure {
  std::string name;
  double value;
};
using Figures = std::vector<Figure>;

class Workload {
 public:
  virtual ~Workload() = default;
  // Connects and sets up; the figures are those of the preparation.
  virtual absl::StatusOr<Figures> Prepare() = 0;
  // Keeps `in_flight` requests under way for `seconds`.
  virtual absl::StatusOr<Figures> Measure(int in_flight, double seconds) = 0;
  virtual Crowd& crowd() = 0;
};

// To what the members of a group are attached.
enum class Attached {
  kNothing,     // a server that knows no users and topics sends to everybody
  kGroup,       // the group alone
  kGroupAndMe,  // their `me`, too, as the people of an application are
};

std::unique_ptr<Workload> MakeIdle(Target target, std::size_t sessions);
std::unique_ptr<Workload> MakeFanOut(Target target, std::size_t members, Attached attached);
std::unique_ptr<Workload> MakePair(Target target, std::size_t pairs);
// The port is the one of gRPC.
std::unique_ptr<Workload> MakeGrpcPair(Target target, std::size_t pairs);
std::unique_ptr<Workload> MakeLogin(Target target);
std::unique_ptr<Workload> MakePresence(Target target, std::size_t members);

}  // namespace molva::perf
