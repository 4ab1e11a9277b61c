// A program run by a test, whose output can be read and which can be killed.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace molva::test {

// Thread: the test's. Kills the program when it goes.
class ChildProcess {
 public:
  explicit ChildProcess(const std::vector<std::string>& arguments);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  // The next whole line without its end; empty at the end of the output.
  std::string ReadLine();
  // Ends the program without warning (SIGKILL) and waits for it.
  void Kill();

 private:
  pid_t pid_ = -1;
  int output_ = -1;
  std::string pending_;
};

}  // namespace molva::test
