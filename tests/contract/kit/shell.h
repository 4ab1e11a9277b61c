// Runs the programs of the kit as people do.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

#include "base/check.h"

namespace molva::test {

struct Ran {
  int code = -1;       // 128 and the signal for one that was killed
  std::string output;  // of both streams
  bool Says(const std::string& words) const { return output.find(words) != std::string::npos; }
};

// One command of the shell, to its end.
inline Ran Run(const std::string& command) {
  Ran ran;
  std::FILE* pipe = ::popen(("exec 2>&1 </dev/null; " + command).c_str(), "r");
  MOLVA_CHECK(pipe != nullptr, "no shell");
  std::array<char, 4096> part{};
  for (std::size_t got = 0; (got = std::fread(part.data(), 1, part.size(), pipe)) > 0;) {
    ran.output.append(part.data(), got);
  }
  const int status = ::pclose(pipe);
  ran.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return ran;
}

}  // namespace molva::test
