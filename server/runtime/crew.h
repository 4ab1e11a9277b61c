// Threads for calls that may never return: those that hang are given up and replaced.
#pragma once

#include <absl/time/time.h>

#include <cstddef>
#include <memory>
#include <string>

#include "runtime/work_pool.h"

namespace molva::runtime {

// A pool whose owner need not wait for its tasks: a task that hangs keeps its thread, for ever if
// it must, and keeps alive what it holds. The owner learns nothing of it; a replacement may be had.
//
// Thread: any; Stop on no thread of the crew.
// Owns:   its threads, until they are given up. They start when there is work.
// Bounds: `threads` and kMostLost. The queue has none: who submits bounds it.
class Crew final : public WorkPool {
 public:
  // Threads that may be replaced, until their tasks return.
  static constexpr int kMostLost = 16;

  // `name`: of the threads, at most 12 characters of it.
  Crew(const std::string& name, int threads);
  // Gives up what has not been stopped.
  ~Crew() override;
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  // False once it stops.
  bool Submit(Task task) override;
  // A task hangs: another thread may start in place of its own. False: too many do.
  [[nodiscard]] bool GiveUpOne();
  // A task that was given up has returned.
  void GetOneBack();
  // Destroys the tasks that wait, then waits until those that run have returned, at most until
  // `deadline`, by the system's clock. False: some still run; their threads are left to themselves.
  bool Stop(absl::Time deadline);

 private:
  struct Shared;
  static void Start(const std::shared_ptr<Shared>& shared);
  static void Run(const std::shared_ptr<Shared>& shared);

  const std::shared_ptr<Shared> shared_;  // with the threads, which may outlive the crew
};

}  // namespace molva::runtime
