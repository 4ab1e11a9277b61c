// Copies of a whole store, as records: bytes that only stores look into.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <vector>

namespace molva::store {

// What an export gives, all of it as it was at its beginning.
//
// Thread: one at a time; blocks.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  // At least one record, and as many as `max_bytes` let in; none: there are no more.
  virtual absl::StatusOr<std::vector<std::string>> Read(std::size_t max_bytes) = 0;
};

// A store that is being filled, in the order in which a source gave the records.
//
// Thread: one at a time; blocks.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // All of them or none; durable when it returns.
  virtual absl::Status Write(const std::vector<std::string>& records) = 0;
  // That was all. The store is to be closed then.
  virtual absl::Status Finish() = 0;
};

// A value under this key says that a store is half filled: no node may serve with it.
inline constexpr char kImportKey[] = "store.import";

}  // namespace molva::store
