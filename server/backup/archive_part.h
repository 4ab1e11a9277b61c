// What an archive is made of, and the form of each part as bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/file_id.h"

namespace molva::backup {

// An archive is kArchiveMagic, then parts: the kind of the part in one byte, the length of its body
// in four, the body. Behind the last one stands SHA-256 of all before. Integers have their lowest
// byte first. Source: docs/backup.md.
inline constexpr std::string_view kArchiveMagic = "MOLVAARC";
inline constexpr std::uint16_t kArchiveForm = 1;
// No body is longer: a writer refuses, a reader does not go on.
inline constexpr std::size_t kMaxBodyBytes = 64 << 20;
inline constexpr std::size_t kMaxKeyBytes = 1 << 20;

struct ArchiveHeader {
  std::string node_version;
  std::int64_t created = 0;  // seconds since 1970
};

// A file of the folder of keys; its name is as IsKeyName wants it.
struct KeyFile {
  std::string name;
  std::string bytes;
};

// At least one, of those that store::RecordSource gives.
struct RecordBatch {
  std::vector<std::string> records;
};

// The bytes of a file, as blocks, follow.
struct FileStart {
  model::FileId id;
  std::string location;
  std::string mime;
};
struct FileBlock {
  std::string bytes;
};
struct FileEnd {
  std::string hash;  // SHA-256 of the file
};

enum class Absence : std::uint8_t {
  kCollected = 1,  // removed while the archive was written
  kMissing = 2,    // the medium has lost it
};
struct AbsentFile {
  model::FileId id;
  Absence why = Absence::kMissing;
};

// What was in the archive, which ends here.
struct ArchiveEnd {
  std::uint64_t keys = 0;
  std::uint64_t records = 0;
  std::uint64_t files = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t collected = 0;
  std::uint64_t missing = 0;
  std::string record_sum;  // RecordDigest::ToText

  friend bool operator==(const ArchiveEnd&, const ArchiveEnd&) = default;
};

// In the order of their kinds, from 1.
using ArchivePart = std::variant<ArchiveHeader, KeyFile, RecordBatch, FileStart, FileBlock, FileEnd,
                                 AbsentFile, ArchiveEnd>;

// Whether `name` leads nowhere but to a file in the folder of keys, or in a folder in it.
bool IsKeyName(std::string_view name);

inline std::uint8_t KindOf(const ArchivePart& part) {
  return static_cast<std::uint8_t>(part.index() + 1);
}
std::string EncodeBody(const ArchivePart& part);
// nullopt: no part of that kind has such a body.
std::optional<ArchivePart> DecodeBody(std::uint8_t kind, std::string_view body);

}  // namespace molva::backup
