// Archives as streams: what is written part by part and read so, never whole in memory.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "backup/archive_part.h"
#include "backup/hasher.h"
#include "backup/record_digest.h"

namespace molva::backup {

// Where an archive goes, and where it comes from. Both block.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual absl::Status Write(std::string_view bytes) = 0;
};
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Zero: there is no more.
  virtual absl::StatusOr<std::size_t> Read(std::span<char> to) = 0;
};

// Counts parts, and says which may not come where it does: the header first, then keys, then
// records and files, the end last; blocks in a file alone.
class ArchiveLedger {
 public:
  // Errors: kDataLoss, if the part has no business there, or if what it says of others is not so;
  //         no further part may be entered then.
  absl::Status Enter(const ArchivePart& part);
  const ArchiveEnd& counts() const { return counts_; }
  bool has_ended() const { return stage_ == Stage::kEnded; }

 private:
  enum class Stage { kStart, kKeys, kContents, kInFile, kEnded };

  absl::Status Step(const ArchiveHeader& header);
  absl::Status Step(const KeyFile& key);
  absl::Status Step(const RecordBatch& batch);
  absl::Status Step(const FileStart& file);
  absl::Status Step(const FileBlock& block);
  absl::Status Step(const FileEnd& end);
  absl::Status Step(const AbsentFile& file);
  absl::Status Step(const ArchiveEnd& end);
  // From keys or contents to contents.
  absl::Status Open();

  Stage stage_ = Stage::kStart;
  ArchiveEnd counts_ = {0, 0, 0, 0, 0, 0, RecordDigest().ToText()};
  RecordDigest records_;
  Hasher file_;
};

// Thread: its owner's. Borrows: the sink. Errors: those of the sink, of ArchiveLedger, and
// kResourceExhausted for a part that is too long.
class ArchiveWriter {
 public:
  explicit ArchiveWriter(ByteSink& sink) : sink_(sink) {}
  // The first part is preceded by the magic, an ArchiveEnd is followed by the hash.
  absl::Status Write(const ArchivePart& part);
  const ArchiveEnd& counts() const { return ledger_.counts(); }

 private:
  absl::Status Put(std::string_view bytes);

  ByteSink& sink_;
  ArchiveLedger ledger_;
  Hasher hasher_;
  bool has_begun_ = false;
};

// Reads what may be anything.
//
// Thread:  its owner's.
// Borrows: the source.
// Memory:  one part.
// Errors:  kDataLoss, which says where: it is no archive, cut off, or not what was written; those
//          of the source.
class ArchiveReader {
 public:
  explicit ArchiveReader(ByteSource& source) : source_(source) {}
  // The next part. An ArchiveEnd comes only if the archive is whole: all of it has been read then.
  absl::StatusOr<ArchivePart> Next();
  std::uint64_t offset() const { return offset_; }
  // Of the whole archive, once it has ended.
  const std::string& hash() const { return hash_; }

 private:
  absl::StatusOr<std::string> Take(std::size_t size);
  absl::Status CheckMagic();
  absl::Status CheckEnd();
  absl::Status Damaged(std::string_view why) const;

  ByteSource& source_;
  ArchiveLedger ledger_;
  Hasher hasher_;
  std::uint64_t offset_ = 0;
  std::string hash_;
};

}  // namespace molva::backup
