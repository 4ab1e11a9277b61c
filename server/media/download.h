// One file on its way to a client.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "media/media.h"
#include "media/transfer_gate.h"
#include "runtime/shard.h"
#include "runtime/work_pool.h"
#include "store/store.h"

namespace molva::media {

// Reads a block when it is asked for one: not faster than the client takes them.
//
// Thread:  the shard's; the blocks are read on the pool.
// Owns:    at most kBlockBytes.
// Borrows: the parts.
class Download : public std::enable_shared_from_this<Download> {
 public:
  static constexpr std::int64_t kBlockBytes = 256 * 1024;

  struct Parts {
    runtime::Shard& shard;
    Media& media;
    runtime::WorkPool& pool;
  };

  Download(const Parts& parts, TransferGate::Permit permit, std::string location,
           std::int64_t offset, std::int64_t length);

  // The next block, never empty while there are bytes left. At most one is under way.
  // Errors: those of Media; kDataLoss if the file is shorter than was said.
  void Next(store::Done<std::string> done);
  std::int64_t left() const { return left_; }

 private:
  const Parts parts_;
  const TransferGate::Permit permit_;
  const std::string location_;
  std::shared_ptr<FileReader> reader_;  // shared with the task that reads
  std::int64_t offset_;
  std::int64_t left_;
};

// Shared by the client's connection and the block under way.
using DownloadPtr = std::shared_ptr<Download>;

}  // namespace molva::media
