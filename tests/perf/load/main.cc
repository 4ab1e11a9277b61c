// molva-load WORKLOAD --port N --pid N [--database N] [--size N] [--bare | --me]: the load
// generator.
//
// Workloads: idle (--size sessions), fan-out (--size members), pair and grpc-pair (--size pairs),
// login, presence (--size members). It prepares, prints the figures of that as one line of JSON,
// and then obeys lines of standard input, `measure IN_FLIGHT SECONDS`, each answered by one line of
// JSON, until standard input ends. --pid is the server's: its CPU time and memory are what is
// reported; with --database, of pairs, also the CPU time of that process and its children.
// fan-out --bare is for a server that knows no users and topics, as molva-yardstick; with --me the
// members are attached to their own `me`, too.
#include <absl/status/statusor.h>
#include <fmt/core.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "tests/perf/load/workload.h"

namespace molva::perf {
namespace {

struct Arguments {
  std::string_view workload;
  Target target;
  std::size_t size = 0;
  Attached attached = Attached::kGroup;
};

std::optional<Arguments> Parse(int argc, char** argv) {
  if (argc < 2) return std::nullopt;
  Arguments arguments;
  arguments.workload = argv[1];
  for (int i = 2; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--bare" || name == "--me") {
      arguments.attached = name == "--me" ? Attached::kGroupAndMe : Attached::kNothing;
      continue;
    }
    if (++i == argc) return std::nullopt;
    const unsigned long value = std::strtoul(argv[i], nullptr, 10);
    if (name == "--port") {
      arguments.target.port = static_cast<std::uint16_t>(value);
    } else if (name == "--pid") {
      arguments.target.pid = static_cast<pid_t>(value);
    } else if (name == "--database") {
      arguments.target.database = static_cast<pid_t>(value);
    } else if (name == "--size") {
      arguments.size = value;
    } else {
      return std::nullopt;
    }
  }
  if (arguments.target.port == 0 || arguments.target.pid == 0) return std::nullopt;
  return arguments;
}

std::unique_ptr<Workload> Make(const Arguments& arguments) {
  const auto [name, target, size, attached] = arguments;
  if (name == "login") return MakeLogin(target);
  if (size < 2) return nullptr;
  if (name == "idle") return MakeIdle(target, size);
  if (name == "fan-out") return MakeFanOut(target, size, attached);
  if (name == "pair") return MakePair(target, size);
  if (name == "grpc-pair") return MakeGrpcPair(target, size);
  if (name == "presence") return MakePresence(target, size);
  return nullptr;
}

absl::Status Print(const absl::StatusOr<Figures>& figures) {
  if (!figures.ok()) return figures.status();
  std::string line = "{";
  for (const Figure& figure : *figures) {
    line += fmt::format("{}\"{}\":{:.6f}", line.size() > 1 ? "," : "", figure.name, figure.value);
  }
  std::puts((line + "}").c_str());
  std::fflush(stdout);
  return absl::OkStatus();
}

absl::Status Obey(Workload& workload) {
  absl::Status status = Print(workload.Prepare());
  while (status.ok()) {
    const absl::StatusOr<std::optional<std::string>> line = workload.crowd().ReadLine();
    if (!line.ok()) return line.status();
    if (!line->has_value()) break;
    int in_flight = 0;
    double seconds = 0;
    if (std::sscanf((*line)->c_str(), "measure %d %lf", &in_flight, &seconds) != 2 ||
        in_flight < 1) {
      return absl::InvalidArgumentError("expected: measure IN_FLIGHT SECONDS");
    }
    status = Print(workload.Measure(in_flight, seconds));
  }
  return status;
}

void RaiseFileLimit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

int Main(int argc, char** argv) {
  const std::optional<Arguments> arguments = Parse(argc, argv);
  std::unique_ptr<Workload> workload;
  RaiseFileLimit();
  if (arguments.has_value()) workload = Make(*arguments);
  if (workload == nullptr) {
    fmt::print(stderr,
               "usage: molva-load idle|fan-out|pair|grpc-pair|login|presence --port N --pid N "
               "[--database N] [--size N] [--bare | --me]\n");
    return 2;
  }
  const absl::Status status = Obey(*workload);
  if (!status.ok()) fmt::print(stderr, "molva-load: {}\n", status.ToString());
  return status.ok() ? 0 : 1;
}

}  // namespace
}  // namespace molva::perf

int main(int argc, char** argv) { return molva::perf::Main(argc, argv); }
