#include "media/download.h"

#include <algorithm>
#include <utility>

#include "base/status_macros.h"
#include "model/fault.h"

namespace molva::media {
namespace {

struct Block {
  std::shared_ptr<FileReader> reader;
  std::string bytes;
};

// Blocks; on the pool.
absl::StatusOr<Block> ReadBlock(Media& media, const std::string& location,
                                std::shared_ptr<FileReader> reader, std::int64_t offset,
                                std::int64_t size) {
  if (reader == nullptr) {
    MOLVA_ASSIGN_OR_RETURN(reader, media.Open(location));
  }
  Block block{std::move(reader), std::string(static_cast<std::size_t>(size), '\0')};
  std::size_t filled = 0;
  while (filled < block.bytes.size()) {
    const std::span<char> rest(block.bytes.data() + filled, block.bytes.size() - filled);
    MOLVA_ASSIGN_OR_RETURN(const std::size_t got,
                           block.reader->ReadAt(offset + static_cast<std::int64_t>(filled), rest));
    if (got == 0) return absl::DataLossError("the file is shorter than its record says");
    filled += got;
  }
  return block;
}

}  // namespace

Download::Download(const Parts& parts, TransferGate::Permit permit, std::string location,
                   std::int64_t offset, std::int64_t length)
    : parts_(parts),
      permit_(std::move(permit)),
      location_(std::move(location)),
      offset_(offset),
      left_(length) {}

void Download::Next(store::Done<std::string> done) {
  const std::int64_t size = std::min(left_, kBlockBytes);
  const auto shared = std::make_shared<store::Done<std::string>>(std::move(done));
  const bool is_taken = parts_.pool.Submit([self = shared_from_this(), shared, size,
                                            reader = reader_, offset = offset_]() mutable {
    auto block = ReadBlock(self->parts_.media, self->location_, std::move(reader), offset, size);
    runtime::Shard& shard = self->parts_.shard;
    shard.Post([self = std::move(self), shared, block = std::move(block)]() mutable {
      if (!block.ok()) return (*shared)(block.status());
      self->reader_ = std::move(block->reader);
      self->offset_ += static_cast<std::int64_t>(block->bytes.size());
      self->left_ -= static_cast<std::int64_t>(block->bytes.size());
      (*shared)(std::move(block->bytes));
    });
  });
  if (is_taken) return;
  parts_.shard.Post([shared] {
    (*shared)(model::Fail(model::Fault::kServiceUnavailable, "the threads of the medium are busy"));
  });
}

}  // namespace molva::media
