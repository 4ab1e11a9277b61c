// Tries something in a child process, so that nothing a plugin does reaches this one.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace molva::plugin {

enum class Ending { kPassed, kFailed, kCrashed, kHung, kEnded };

// "passed", "failed", "crashed", "hung", "ended".
std::string NameOf(Ending ending);

struct Outcome {
  Ending ending = Ending::kPassed;
  std::string why;     // what the child told, or what became of it
  std::string output;  // the last of what it printed and logged; empty if it passed
};

// In the child: writes to the parent. The last that it tells is one of the verdicts.
void Tell(int report, std::string_view text);
inline constexpr std::string_view kVerdictGood = "verdict: good\n";
inline constexpr std::string_view kVerdictBad = "verdict: bad\n";

// What the child prints: kept for the outcome, or let through.
enum class Prints { kKept, kSeen };

// Runs `body` in a child, with the descriptor that it tells its verdict. Kills it, and all that it
// started, when `deadline` is over.
// Thread: any, but `body` may start threads only if there is no other one in the process.
Outcome TryInChild(const std::function<void(int report)>& body, std::chrono::milliseconds deadline,
                   Prints prints = Prints::kKept);

}  // namespace molva::plugin
