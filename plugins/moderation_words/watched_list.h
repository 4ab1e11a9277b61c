// A list of words in a file that its operator changes while the node runs.
#pragma once

#include <sys/stat.h>

#include <chrono>
#include <string>

#include "molva/plugin.hpp"
#include "word_list.h"

namespace molva::moderation_words {

// Thread: one at a time.
class WatchedList {
 public:
  WatchedList(std::string path, const molva_host* host) : path_(std::move(path)), log_(host) {}

  // Reads the file for the first time.
  sdk::Outcome Load();
  // The rules in force; looks at the file, at most once a second.
  const WordList& Current();

 private:
  using Clock = std::chrono::steady_clock;

  struct Mark {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    timespec changed{};
    bool operator==(const Mark& other) const;
  };

  bool LookAtFile(Mark* mark) const;

  const std::string path_;
  const sdk::Logger log_;
  WordList list_;
  Mark mark_;
  Clock::time_point looked_at_;
};

}  // namespace molva::moderation_words
