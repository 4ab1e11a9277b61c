// Runs the operator's program that sends a code.
#pragma once

#include <atomic>
#include <chrono>
#include <string>

#include "molva/plugin.hpp"

namespace molva::validator_tel {

using sdk::Done;
using sdk::Outcome;

// What the program is told; the code alone is not among its arguments, which other users of the
// machine may see.
struct Call {
  std::string number;    // +442012345678
  std::string language;  // may be empty
  std::string reason;    // "confirm", "reset"
  std::string code;      // on the standard input, one line
};

// Thread: any, several at once.
class Script {
 public:
  // At most `at_once` programs run at a time; one that runs longer than `deadline` is ended with
  // all that it started in its process group.
  Script(std::string path, std::chrono::seconds deadline, int at_once);
  // Errors: POLICY: it says 65 (EX_DATAERR of sysexits.h), which is final. UNAVAILABLE: every
  //         other exit code but 0, a signal, the deadline, too many at once.
  Outcome Run(const Call& call);

 private:
  const std::string path_;
  const std::chrono::seconds deadline_;
  const int at_once_;
  std::atomic<int> running_{0};
};

}  // namespace molva::validator_tel
