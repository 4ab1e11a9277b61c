// A medium in memory that fails where a test wants it to.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "media/media.h"

namespace molva::test {

// Locations are "at:" and the id. Thread: any; files() while nothing else runs.
class FailingMedium final : public media::Media {
 public:
  enum class Step { kNone, kCreate, kWrite, kFinish, kOpen, kRead, kRemove };

  // From now on that step fails.
  void FailAt(Step step) {
    const std::lock_guard lock(mutex_);
    failing_ = step;
  }
  // Every file loses what comes after its first `size` bytes.
  void CutFiles(std::size_t size) {
    const std::lock_guard lock(mutex_);
    for (auto& [location, bytes] : files_) bytes.resize(std::min(bytes.size(), size));
  }
  std::map<std::string, std::string>& files() { return files_; }
  int open_writers() const {
    const std::lock_guard lock(mutex_);
    return open_writers_;
  }
  std::size_t written_bytes() const {
    const std::lock_guard lock(mutex_);
    return written_bytes_;
  }

  absl::StatusOr<std::unique_ptr<media::FileWriter>> Create(const std::string& id,
                                                            const std::string&) override {
    if (FailsAt(Step::kCreate)) return Broken();
    return std::make_unique<Writer>(*this, "at:" + id);
  }
  absl::StatusOr<std::unique_ptr<media::FileReader>> Open(const std::string& location) override {
    if (FailsAt(Step::kOpen)) return Broken();
    return std::make_unique<Reader>(*this, location);
  }
  absl::StatusOr<std::optional<std::string>> UrlOf(const std::string&) override {
    return std::nullopt;
  }
  absl::Status Remove(const std::string& location) override {
    if (FailsAt(Step::kRemove)) return Broken();
    const std::lock_guard lock(mutex_);
    files_.erase(location.starts_with("at:") ? location : "at:" + location);
    return absl::OkStatus();
  }

 private:
  class Writer final : public media::FileWriter {
   public:
    Writer(FailingMedium& medium, std::string location)
        : medium_(medium), location_(std::move(location)) {
      const std::lock_guard lock(medium_.mutex_);
      ++medium_.open_writers_;
    }
    ~Writer() override {
      const std::lock_guard lock(medium_.mutex_);
      --medium_.open_writers_;
    }
    absl::Status Write(std::string_view bytes) override {
      if (medium_.FailsAt(Step::kWrite)) return Broken();
      const std::lock_guard lock(medium_.mutex_);
      bytes_ += bytes;
      medium_.written_bytes_ += bytes.size();
      return absl::OkStatus();
    }
    absl::StatusOr<media::StoredFile> Finish() override {
      if (medium_.FailsAt(Step::kFinish)) return Broken();
      const std::lock_guard lock(medium_.mutex_);
      medium_.files_[location_] = bytes_;
      return media::StoredFile{location_, "etag"};
    }

   private:
    FailingMedium& medium_;
    const std::string location_;
    std::string bytes_;
  };

  class Reader final : public media::FileReader {
   public:
    Reader(FailingMedium& medium, std::string location)
        : medium_(medium), location_(std::move(location)) {}
    absl::StatusOr<std::size_t> ReadAt(std::int64_t offset, std::span<char> to) override {
      if (medium_.FailsAt(Step::kRead)) return Broken();
      const std::lock_guard lock(medium_.mutex_);
      const std::string& bytes = medium_.files_[location_];
      const std::size_t start = std::min(static_cast<std::size_t>(offset), bytes.size());
      return bytes.copy(to.data(), to.size(), start);
    }

   private:
    FailingMedium& medium_;
    const std::string location_;
  };

  static absl::Status Broken() { return absl::UnavailableError("the disk is broken"); }

  bool FailsAt(Step step) const {
    const std::lock_guard lock(mutex_);
    return failing_ == step;
  }

  mutable std::mutex mutex_;
  Step failing_ = Step::kNone;
  std::map<std::string, std::string> files_;
  int open_writers_ = 0;
  std::size_t written_bytes_ = 0;
};

}  // namespace molva::test
