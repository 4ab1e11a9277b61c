#include "watched_list.h"

#include <fstream>
#include <iterator>

namespace molva::moderation_words {
namespace {

constexpr std::chrono::seconds kLookEvery(1);

// At most one byte more than a list may have: enough to see that it is too long.
bool ReadFile(const std::string& path, std::string* text) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return false;
  text->resize(WordList::kMaxListBytes + 1);
  file.read(text->data(), static_cast<std::streamsize>(text->size()));
  text->resize(static_cast<std::size_t>(file.gcount()));
  return !file.bad();
}

}  // namespace

bool WatchedList::Mark::operator==(const Mark& other) const {
  return device == other.device && inode == other.inode && size == other.size &&
         changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
}

bool WatchedList::LookAtFile(Mark* mark) const {
  struct stat found{};
  if (::stat(path_.c_str(), &found) != 0) return false;
  *mark = {found.st_dev, found.st_ino, found.st_size, found.st_mtim};
  return true;
}

sdk::Outcome WatchedList::Load() {
  std::string text;
  if (!LookAtFile(&mark_) || !ReadFile(path_, &text)) {
    return {MOLVA_MALFORMED, "file: " + path_ + " cannot be read"};
  }
  std::string why;
  if (!list_.Parse(text, &why)) return {MOLVA_MALFORMED, "file: " + path_ + ": " + why};
  looked_at_ = Clock::now();
  return sdk::Done();
}

const WordList& WatchedList::Current() {
  const Clock::time_point now = Clock::now();
  if (now - looked_at_ < kLookEvery) return list_;
  looked_at_ = now;
  Mark mark;
  const bool is_there = LookAtFile(&mark);
  if (is_there && mark == mark_) return list_;
  if (!is_there) mark = {};
  if (mark == mark_) return list_;  // still not there
  mark_ = mark;
  std::string text;
  std::string why = "it cannot be read";
  if (is_there && ReadFile(path_, &text) && list_.Parse(text, &why)) {
    log_.Info("the list of words was read again: " + std::to_string(list_.size()) + " rules");
  } else {
    log_.Warning("the former list of words stays in force: " + path_ + ": " + why);
  }
  return list_;
}

}  // namespace molva::moderation_words
