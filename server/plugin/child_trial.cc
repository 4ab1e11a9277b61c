#include "plugin/child_trial.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <memory>

#include "base/check.h"

namespace molva::plugin {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxReportBytes = 1 << 20;
constexpr std::size_t kShownOutputBytes = 2000;

// A file without a name: what the child prints.
using TemporaryFile = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string TailOf(std::FILE* file) {
  std::string tail(kShownOutputBytes, '\0');
  const long size = std::fseek(file, 0, SEEK_END) == 0 ? std::ftell(file) : 0;
  const long from = std::max(0L, size - static_cast<long>(kShownOutputBytes));
  if (std::fseek(file, from, SEEK_SET) != 0) return "";
  tail.resize(std::fread(tail.data(), 1, tail.size(), file));
  return from == 0 ? tail : "…" + tail;
}

[[noreturn]] void RunChild(const std::function<void(int)>& body, int report, std::FILE* output,
                           Prints prints) {
  ::setpgid(0, 0);
  if (prints == Prints::kKept) {
    ::dup2(::fileno(output), STDOUT_FILENO);
    ::dup2(::fileno(output), STDERR_FILENO);
  }
  body(report);
  std::fflush(nullptr);
  // Destructors of libraries that stay loaded are no part of the contract.
  ::_exit(0);
}

// Reads until the child closes its end or the time is over; false: it is over.
bool ReadReport(int from, Clock::time_point until, std::string* report) {
  std::array<char, 4096> part{};
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    pollfd ready{from, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t count = ::read(from, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    if (report->size() < kMaxReportBytes) {
      report->append(part.data(), static_cast<std::size_t>(count));
    }
  }
}

// Takes the verdict off the end of `report`; false: there is none.
bool TakeVerdict(std::string_view verdict, std::string* report) {
  if (!report->ends_with(verdict)) return false;
  report->resize(report->size() - verdict.size());
  return true;
}

Outcome Judge(int status, bool is_in_time, std::chrono::milliseconds deadline, std::string report) {
  if (TakeVerdict(kVerdictGood, &report)) return {Ending::kPassed, std::move(report), ""};
  if (TakeVerdict(kVerdictBad, &report)) return {Ending::kFailed, std::move(report), ""};
  if (!is_in_time) {
    return {Ending::kHung,
            fmt::format("no answer within {} s\n{}",
                        std::chrono::duration<double>(deadline).count(), report),
            ""};
  }
  if (WIFSIGNALED(status)) {
    const char* name = ::sigdescr_np(WTERMSIG(status));
    return {Ending::kCrashed,
            fmt::format("it crashed: {}\n{}", name == nullptr ? "a signal" : name, report), ""};
  }
  return {Ending::kEnded,
          fmt::format("it ended the process with exit code {}\n{}", WEXITSTATUS(status), report),
          ""};
}

}  // namespace

std::string NameOf(Ending ending) {
  switch (ending) {
    case Ending::kPassed:
      return "passed";
    case Ending::kFailed:
      return "failed";
    case Ending::kCrashed:
      return "crashed";
    case Ending::kHung:
      return "hung";
    case Ending::kEnded:
      break;
  }
  return "ended";
}

// A failed write means that the parent has gone: nobody is left to tell.
void Tell(int report, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(report, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

Outcome TryInChild(const std::function<void(int report)>& body, std::chrono::milliseconds deadline,
                   Prints prints) {
  std::array<int, 2> ends{};
  MOLVA_CHECK(::pipe2(ends.data(), O_CLOEXEC) == 0, "no pipe");
  const TemporaryFile output(std::tmpfile(), &std::fclose);
  MOLVA_CHECK(output != nullptr, "no temporary file");
  std::fflush(nullptr);  // or the child would print it again
  const pid_t child = ::fork();
  MOLVA_CHECK(child >= 0, "no process");
  if (child == 0) {
    ::close(ends[0]);
    RunChild(body, ends[1], output.get(), prints);
  }
  ::setpgid(child, child);  // whoever comes first; the other call does nothing
  ::close(ends[1]);
  std::string report;
  const bool is_in_time = ReadReport(ends[0], Clock::now() + deadline, &report);
  ::close(ends[0]);
  ::kill(-child, SIGKILL);  // if it has ended, what it started may still run
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Outcome outcome = Judge(status, is_in_time, deadline, std::move(report));
  if (outcome.ending != Ending::kPassed) outcome.output = TailOf(output.get());
  return outcome;
}

}  // namespace molva::plugin
