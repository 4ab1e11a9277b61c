#include "plugin/opening_watch.h"

#include <absl/time/clock.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string_view>

#include "base/log.h"
#include "molva/json_text.hpp"
#include "runtime/signal_mask.h"

namespace molva::plugin {
namespace {

constexpr std::array kDeadly = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// What a handler needs, and a handler knows no object. Set while a watch lives.
struct Watched {
  std::atomic<const std::string*> crash_line{nullptr};
  std::atomic<const std::string*> exit_line{nullptr};
  std::array<struct sigaction, kDeadly.size()> before{};
};
Watched& TheWatched() {
  static Watched watched;
  return watched;
}

// A line that cannot be written has nowhere else to go.
void Write(const std::atomic<const std::string*>& line) {
  const std::string* text = line.load();
  if (text == nullptr) return;
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text->data(), text->size());
}

void OnDeadlySignal(int signal) {
  const Watched& watched = TheWatched();
  Write(watched.crash_line);
  for (std::size_t i = 0; i < kDeadly.size(); ++i) {
    ::sigaction(kDeadly.at(i), &watched.before.at(i), nullptr);
  }
  ::raise(signal);  // is delivered, to whom it was before, when this returns
}

// Whoever waits for the process must not take this for a node that stopped as it should.
void OnExit() {
  if (TheWatched().exit_line.load() == nullptr) return;
  Write(TheWatched().exit_line);
  ::_exit(OpeningWatch::kExitEnded);
}

// As a line of log, which a handler could not make.
std::string LineOf(std::string_view sentence, std::string_view path) {
  return sdk::JsonObject()
             .Text("ts", absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone()))
             .Text("level", "error")
             .Text("msg", sentence)
             .Text("plugin", path)
             .Finish() +
         "\n";
}

}  // namespace

OpeningWatch::OpeningWatch(const std::string& path, absl::Duration deadline, WhenLate when_late)
    : path_(path),
      deadline_(deadline),
      when_late_(when_late),
      crash_line_(LineOf("a plugin crashed while it was opened", path)),
      exit_line_(LineOf("a plugin ended the process while it was opened", path)) {
  [[maybe_unused]] static const int kRegistered = std::atexit(OnExit);
  Watched& watched = TheWatched();
  watched.crash_line = &crash_line_;
  watched.exit_line = &exit_line_;
  struct sigaction ours{};
  ours.sa_handler = OnDeadlySignal;
  for (std::size_t i = 0; i < kDeadly.size(); ++i) {
    ::sigaction(kDeadly.at(i), &ours, &watched.before.at(i));
  }
  thread_ = std::thread([this] { Run(); });
}

OpeningWatch::~OpeningWatch() {
  {
    const runtime::MutexLock lock(mutex_);
    is_over_ = true;
  }
  wake_.notify_one();
  thread_.join();
  Watched& watched = TheWatched();
  for (std::size_t i = 0; i < kDeadly.size(); ++i) {
    ::sigaction(kDeadly.at(i), &watched.before.at(i), nullptr);
  }
  watched.crash_line = nullptr;
  watched.exit_line = nullptr;
}

void OpeningWatch::Run() {
  runtime::BlockAllSignals();
  const runtime::MutexLock lock(mutex_);
  absl::Time late = absl::Now() + deadline_;
  while (!is_over_) {
    wake_.wait_until(mutex_, absl::ToChronoTime(late));
    if (is_over_ || absl::Now() < late) continue;
    if (when_late_ == WhenLate::kWarn) {
      base::LogWarning("a plugin is slow to open", {{"plugin", path_}});
    } else {
      base::LogError(
          "a plugin does not open in time: it hangs, or node.plugin_deadline is too short",
          {{"plugin", path_}, {"deadline", absl::FormatDuration(deadline_)}});
      ::_exit(kExitEnded);
    }
    late += deadline_;
  }
}

}  // namespace molva::plugin
