// Files in MemoryDatabase: records, and what links to them.
#include <algorithm>

#include "base/status_macros.h"
#include "tests/support/memory_database.h"

namespace molva::test {

using store::Expect;
using store::FileStatus;

absl::Status MemoryDatabase::ApplyOne(const store::PutFile& put, absl::Time) {
  const bool is_there = files_.contains(put.file.id);
  if (put.expect == Expect::kAbsent && is_there) return absl::AlreadyExistsError("file exists");
  if (put.expect == Expect::kPresent && !is_there) return absl::NotFoundError("no such file");
  Remember(files_, put.file.id);
  files_.insert_or_assign(put.file.id, put.file);
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::EraseFile& erase, absl::Time) {
  Remember(files_, erase.file);
  files_.erase(erase.file);
  Unlink([&erase](const FileLink& link) { return std::get<model::FileId>(link) == erase.file; });
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::CondemnFile& condemn, absl::Time) {
  const auto at = files_.find(condemn.file);
  if (at == files_.end() || IsLinked(condemn.file)) return absl::OkStatus();
  Remember(files_, condemn.file);
  at->second.status = FileStatus::kCondemned;
  return absl::OkStatus();
}

absl::Status MemoryDatabase::ApplyOne(const store::LinkFiles& link, absl::Time) {
  const std::string topic = link.topic.has_value() ? link.topic->ToString() : "";
  const model::UserId user = link.topic.has_value() ? model::UserId::Nobody() : link.user;
  undo_.push_back([this, former = file_links_] { file_links_ = former; });
  if (link.seq == 0) {
    Unlink([&](const FileLink& one) {
      return std::get<0>(one) == topic && std::get<1>(one) == 0 && std::get<2>(one) == user;
    });
  }
  for (const model::FileId file : link.files) {
    const auto at = files_.find(file);
    if (at == files_.end() || at->second.status != FileStatus::kDone) continue;
    file_links_.emplace(topic, link.seq, user, file);
  }
  return absl::OkStatus();
}

void MemoryDatabase::Unlink(const std::function<bool(const FileLink&)>& is_gone) {
  undo_.push_back([this, former = file_links_] { file_links_ = former; });
  std::erase_if(file_links_, is_gone);
}

bool MemoryDatabase::IsLinked(model::FileId id) const {
  return std::any_of(file_links_.begin(), file_links_.end(),
                     [id](const FileLink& link) { return std::get<model::FileId>(link) == id; });
}

std::optional<store::FileRecord> MemoryDatabase::FindFile(model::FileId id) const {
  const auto at = files_.find(id);
  if (at == files_.end()) return std::nullopt;
  return at->second;
}

std::vector<store::FileRecord> MemoryDatabase::ListUnusedFiles(absl::Time made_before,
                                                               std::int32_t limit) const {
  std::vector<store::FileRecord> found;
  for (const auto& [id, file] : files_) {
    if (file.created < made_before && !IsLinked(id)) found.push_back(file);
  }
  std::sort(found.begin(), found.end(), [](const auto& one, const auto& other) {
    return std::pair(one.created, one.id) < std::pair(other.created, other.id);
  });
  if (static_cast<std::int64_t>(found.size()) > limit) {
    found.resize(static_cast<std::size_t>(std::max(limit, 0)));
  }
  return found;
}

}  // namespace molva::test
