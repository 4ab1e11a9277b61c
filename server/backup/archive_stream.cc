#include "backup/archive_stream.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/fields.h"
#include "base/status_macros.h"
#include "base/strings.h"

namespace molva::backup {
namespace {

constexpr std::size_t kReadBytes = 1 << 20;  // at once: a length that lies takes no memory

}  // namespace

absl::Status ArchiveWriter::Put(std::string_view bytes) {
  hasher_.Add(bytes);
  return sink_.Write(bytes);
}

absl::Status ArchiveWriter::Write(const ArchivePart& part) {
  MOLVA_RETURN_IF_ERROR(ledger_.Enter(part));
  const std::string body = EncodeBody(part);
  if (body.size() > kMaxBodyBytes) {
    return absl::ResourceExhaustedError(
        fmt::format("a part of {} bytes is longer than the {} that an archive takes", body.size(),
                    kMaxBodyBytes));
  }
  if (!has_begun_) MOLVA_RETURN_IF_ERROR(Put(kArchiveMagic));
  has_begun_ = true;
  std::string start;
  AppendInteger(KindOf(part), start);
  AppendInteger(static_cast<std::uint32_t>(body.size()), start);
  MOLVA_RETURN_IF_ERROR(Put(start));
  MOLVA_RETURN_IF_ERROR(Put(body));
  return ledger_.has_ended() ? sink_.Write(hasher_.Finish()) : absl::OkStatus();
}

absl::Status ArchiveReader::Damaged(std::string_view why) const {
  return absl::DataLossError(fmt::format("damaged at byte {}: {}", offset_, why));
}

absl::StatusOr<std::string> ArchiveReader::Take(std::size_t size) {
  std::string bytes;
  while (bytes.size() < size) {
    const std::size_t had = bytes.size();
    bytes.resize(had + std::min(size - had, kReadBytes));
    MOLVA_ASSIGN_OR_RETURN(const std::size_t got, source_.Read(std::span(bytes).subspan(had)));
    bytes.resize(had + got);
    offset_ += got;
    if (got == 0) return Damaged("it ends in the middle");
  }
  return bytes;
}

absl::Status ArchiveReader::CheckMagic() {
  MOLVA_ASSIGN_OR_RETURN(const std::string magic, Take(kArchiveMagic.size()));
  if (magic != kArchiveMagic) return absl::DataLossError("it is no archive of molvad backup");
  hasher_.Add(magic);
  return absl::OkStatus();
}

absl::Status ArchiveReader::CheckEnd() {
  MOLVA_ASSIGN_OR_RETURN(const std::string hash, Take(kHashBytes));
  hash_ = hasher_.Finish();
  if (hash != hash_) return Damaged("its sum is not the one that it was written with");
  char more = 0;
  MOLVA_ASSIGN_OR_RETURN(const std::size_t got, source_.Read({&more, 1}));
  return got == 0 ? absl::OkStatus() : Damaged("something stands behind its end");
}

absl::StatusOr<ArchivePart> ArchiveReader::Next() {
  if (offset_ == 0) MOLVA_RETURN_IF_ERROR(CheckMagic());
  MOLVA_ASSIGN_OR_RETURN(const std::string start,
                         Take(sizeof(std::uint8_t) + sizeof(std::uint32_t)));
  FieldCursor cursor(start);
  std::uint8_t kind = 0;
  std::uint32_t size = 0;
  if (!cursor.TakeInteger(kind) || !cursor.TakeInteger(size)) return Damaged("no part begins");
  if (size > kMaxBodyBytes) return Damaged("a part is too long");
  MOLVA_ASSIGN_OR_RETURN(const std::string body, Take(size));
  hasher_.Add(start);
  hasher_.Add(body);
  std::optional<ArchivePart> part = DecodeBody(kind, body);
  if (!part.has_value()) return Damaged("a part cannot be read, or is of a later form");
  if (const absl::Status status = ledger_.Enter(*part); !status.ok()) {
    return Damaged(base::ToStd(status.message()));
  }
  if (ledger_.has_ended()) MOLVA_RETURN_IF_ERROR(CheckEnd());
  return *std::move(part);
}

}  // namespace molva::backup
